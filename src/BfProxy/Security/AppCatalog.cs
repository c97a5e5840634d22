using System.Collections.Frozen;
using System.Security.Cryptography;
using BfProxy.Transforms.Contract;

namespace BfProxy.Security;

/// <summary>All apps of one configuration state; immutable.</summary>
internal sealed class AppCatalog
{
    private const int MaxShownName = 64;

    private readonly List<App> _apps;
    private readonly List<(byte[] Hash, App App)> _keys;
    private readonly FrozenDictionary<string, App> _byDomain;
    private readonly FrozenSet<string> _origins;

    public AppCatalog(List<App> apps, List<(byte[] Hash, App App)> keys)
    {
        _apps = apps;
        _keys = keys;
        // A domain of two apps is a fault that the reader reports.
        _byDomain = apps.SelectMany(app => app.Domains.Select(domain => (domain, app)))
            .DistinctBy(pair => pair.domain, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(pair => pair.domain, pair => pair.app, StringComparer.OrdinalIgnoreCase);
        _origins = apps.SelectMany(app => app.AllowedOrigins).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether nobody at all may call.</summary>
    public bool IsEmpty => _keys.Count == 0;

    public IReadOnlyList<App> All => _apps;

    public App? FindByName(string name) => _apps.Find(app => app.Name == name);

    /// <summary>The app that owns a key, or null. Takes the same time for every key.</summary>
    public App? FindByKey(string? key)
    {
        var hash = ApiKeyHash.Of(key ?? "");
        App? found = null;
        foreach (var (known, app) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(known, hash))
            {
                found = app;
            }
        }

        return key is null ? null : found;
    }

    /// <summary>Whether requests for a host may use an app's key: not where the host is another app's.</summary>
    public bool MayUseHost(App app, string host) => !_byDomain.TryGetValue(host, out var owner) || owner.Name == app.Name;

    /// <summary>Whether any app allows an origin.</summary>
    public bool AllowsOrigin(string origin) => _origins.Contains(origin);

    /// <summary>The app of a connection or browser call: by host, else by <c>?app=</c>, else the only one there is; else a 404 that says which of these failed.</summary>
    public App? ForConnection(HttpContext context, out BfError? refusal)
    {
        refusal = null;
        if (_byDomain.TryGetValue(context.Request.Host.Host, out var byHost))
        {
            return byHost;
        }

        var name = QueryText.Once(context.Request.QueryString, "app");
        var app = !string.IsNullOrEmpty(name) ? FindByName(name) : _apps is [var only] ? only : null;
        if (app is null)
        {
            var message = string.IsNullOrEmpty(name) ? "No app belongs to this host; name one with ?app=" : $"?app=: there is no app '{Masked(name)}' here";
            refusal = new BfError { Status = StatusCodes.Status404NotFound, Message = message };
        }

        return app;
    }

    /// <summary>A name that anybody may have sent, fit to be shown.</summary>
    private static string Masked(string name)
    {
        var shown = string.Concat(name.Take(MaxShownName).Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '?'));
        return name.Length > MaxShownName ? shown + "…" : shown;
    }
}
