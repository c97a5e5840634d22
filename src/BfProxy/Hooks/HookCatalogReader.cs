using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using BfProxy.Configuration;

namespace BfProxy.Hooks;

/// <summary>Reads the <c>Hooks</c> of every app in <c>BfProxy:Apps</c>.</summary>
internal static class HookCatalogReader
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(10);
    private static readonly HookOptionsValidator Validator = new();

    /// <summary>What the call itself decides; a static header must not stand in its way.</summary>
    private static readonly FrozenSet<string> OwnHeaders = new[]
    {
        HookSignature.Header, HookRequest.IdempotencyHeader, "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "Host", "Expect", "Accept-Encoding",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static HookCatalog Read(IConfiguration configuration, Faults faults)
    {
        var targets = new List<HookTarget>();
        foreach (var app in configuration.GetSection("BfProxy:Apps").GetChildren())
        {
            var section = app.GetSection(HooksOptions.Section);
            var hooks = SettingsBinder.Bind<HooksOptions>(section, faults);
            Add(app.Key, HookKind.Tools, hooks.Tools, section.GetSection(nameof(hooks.Tools)), targets, faults);
            Add(app.Key, HookKind.Messages, hooks.Messages, section.GetSection(nameof(hooks.Messages)), targets, faults);
        }

        return new HookCatalog(targets);
    }

    private static void Add(string app, HookKind kind, HookOptions? options, IConfigurationSection section, List<HookTarget> targets, Faults faults)
    {
        if (options is null)
        {
            return;
        }

        if (Validator.Validate(section.Path, options) is { Failed: true } result)
        {
            foreach (var failure in result.Failures)
            {
                faults.Add(section.Path, failure);
            }
        }

        CheckHeaders(section, options, faults);
        if (options.Timeout < ShortestTimeout || options.Timeout > LongestTimeout)
        {
            faults.Add($"{section.Path}:Timeout", $"'{options.Timeout}' is out of range; expected hh:mm:ss between 00:00:00.010 and 00:10:00");
        }

        if (options.Url.Length > 0 && TryReadUrl(section, options, faults, out var url))
        {
            targets.Add(new HookTarget(app, kind, url, options));
        }
    }

    // The value is not quoted: an operator may have put a secret into the query.
    private static bool TryReadUrl(IConfigurationSection section, HookOptions options, Faults faults, [NotNullWhen(true)] out Uri? url)
    {
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            faults.Add($"{section.Path}:Url", "expected an absolute http or https address");
            return false;
        }

        if (url.UserInfo.Length > 0)
        {
            faults.Add($"{section.Path}:Url", "a user name in an address is not sent; expected an Authorization header under Headers");
            return false;
        }

        return true;
    }

    private static void CheckHeaders(IConfigurationSection section, HookOptions options, Faults faults)
    {
        using var probe = new HttpRequestMessage();
        foreach (var (name, value) in options.Headers)
        {
            if (OwnHeaders.Contains(name))
            {
                faults.Add($"{section.Path}:Headers:{name}", "this header is set by the call itself");
            }
            else if (value.AsSpan().ContainsAnyExceptInRange(' ', '~') || !probe.Headers.TryAddWithoutValidation(name, value))
            {
                faults.Add($"{section.Path}:Headers:{name}", "not a header of a request: expected a name of letters, digits and hyphens and a value of visible ASCII");
            }
        }
    }
}
