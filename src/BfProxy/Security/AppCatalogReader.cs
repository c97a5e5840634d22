using System.Collections.Frozen;
using System.Text;
using BfProxy.Configuration;

namespace BfProxy.Security;

/// <summary>Reads <c>BfProxy:Apps</c>.</summary>
internal static class AppCatalogReader
{
    /// <summary>Read by the hooks themselves.</summary>
    private const string HooksSection = "Hooks";

    /// <summary>As long as the hash (RFC 7518, 3.2).</summary>
    private const int MinSecretBytes = 32;

    private static readonly IReadOnlyList<string> DefaultAnonymousChannels = ["anonymous"];

    public static AppCatalog Read(IConfiguration configuration, Faults faults)
    {
        var apps = new List<App>();
        var keys = new List<(byte[] Hash, App App)>();
        var owners = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var section in configuration.GetSection("BfProxy:Apps").GetChildren())
        {
            var options = SettingsBinder.Bind<AppOptions>(section, faults, readElsewhere: HooksSection);
            var app = new App(
                section.Key,
                options.Domains.ToFrozenSet(StringComparer.OrdinalIgnoreCase),
                options.ShareDomains,
                options.AllowedOrigins.ToFrozenSet(StringComparer.OrdinalIgnoreCase),
                options.Providers.ToFrozenSet(StringComparer.OrdinalIgnoreCase),
                options.AnonymousChannels is [] ? DefaultAnonymousChannels : options.AnonymousChannels,
                string.IsNullOrEmpty(options.TokenSecret) ? null : options.TokenSecret,
                options.UserIdClaim,
                string.IsNullOrEmpty(options.DefaultActionName) ? null : options.DefaultActionName,
                options.StopNeedsKey,
                options.ConnectionsPerAddress,
                new AppLimits(options.RequestsPerMinute, options.TokensPerMinute, options.ConcurrentStreams),
                options.Delivery,
                options.Portal,
                string.IsNullOrEmpty(options.PortalKey) ? null : options.PortalKey)
            {
                FallbackOnServerKey = options.FallbackOnServerKey,
            };
            CheckTokens(section, app, apps, faults);
            CheckLimits(section, options, faults);
            apps.Add(app);
            ReadKeys(section, options, app, keys, faults);
            CheckNames(section, options, owners, configuration, faults);
            CheckPortal(section, options, configuration, faults);
        }

        return new AppCatalog(apps, keys);
    }

    private static void ReadKeys(IConfigurationSection section, AppOptions options, App app, List<(byte[] Hash, App App)> keys, Faults faults)
    {
        for (var i = 0; i < options.ApiKeys.Count; i++)
        {
            if (!ApiKeyHash.TryRead(options.ApiKeys[i] ?? "", out var hash))
            {
                faults.Add($"{section.Path}:ApiKeys:{i}", "expected a key, or sha256: and 64 hexadecimal digits");
                continue;
            }

            if (keys.Exists(known => known.Hash.AsSpan().SequenceEqual(hash)))
            {
                faults.Add($"{section.Path}:ApiKeys:{i}", "the same key stands twice; a key belongs to one app");
                continue;
            }

            keys.Add((hash, app));
        }
    }

    private static void CheckTokens(IConfigurationSection section, App app, List<App> others, Faults faults)
    {
        if (app.TokenSecret is { } secret && Encoding.UTF8.GetByteCount(secret) < MinSecretBytes)
        {
            faults.Add($"{section.Path}:TokenSecret", $"expected at least {MinSecretBytes} bytes; a shorter secret can be guessed from one token");
        }

        if (app.TokenSecret is not null && others.Find(other => other.TokenSecret == app.TokenSecret) is { } other)
        {
            faults.Add($"{section.Path}:TokenSecret", $"the same secret is {other.Name}'s; each would let in the other's users");
        }

        if (app.UserIdClaim is "" or "exp" or "nbf" or "iat" or "aud" or "channels")
        {
            faults.Add($"{section.Path}:UserIdClaim", "expected the name of a claim that is the user's id");
        }
    }

    private static void CheckLimits(IConfigurationSection section, AppOptions options, Faults faults)
    {
        (string Name, int? Limit)[] limits =
        [
            (nameof(options.ConnectionsPerAddress), options.ConnectionsPerAddress),
            (nameof(options.RequestsPerMinute), options.RequestsPerMinute),
            (nameof(options.TokensPerMinute), options.TokensPerMinute),
            (nameof(options.ConcurrentStreams), options.ConcurrentStreams),
        ];
        foreach (var (name, _) in limits.Where(static limit => limit.Limit < 1))
        {
            faults.Add($"{section.Path}:{name}", "expected at least 1");
        }
    }

    private static void CheckPortal(IConfigurationSection section, AppOptions options, IConfiguration configuration, Faults faults)
    {
        if (options.Delivery is not DeliveryMode.Channels && !configuration.GetSection($"ReverseProxy:Clusters:{options.Portal}:Destinations").GetChildren().Any())
        {
            faults.Add($"{section.Path}:Portal", $"there is no cluster '{options.Portal}' with a destination in ReverseProxy:Clusters");
        }
    }

    private static void CheckNames(IConfigurationSection section, AppOptions options, Dictionary<string, string> owners, IConfiguration configuration, Faults faults)
    {
        foreach (var domain in options.Domains)
        {
            if (Uri.CheckHostName(domain) == UriHostNameType.Unknown)
            {
                faults.Add($"{section.Path}:Domains", $"'{domain}' is not a host name (no scheme, no port)");
            }
            else if (!owners.TryAdd(domain, section.Key))
            {
                faults.Add($"{section.Path}:Domains", $"'{domain}' is listed twice; a host belongs to one app (see {owners[domain]})");
            }
        }

        foreach (var origin in options.AllowedOrigins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || !uri.GetLeftPart(UriPartial.Authority).Equals(origin, StringComparison.OrdinalIgnoreCase))
            {
                faults.Add($"{section.Path}:AllowedOrigins", $"'{origin}' is not an origin; expected scheme and host, such as https://www.example.com");
            }
        }

        foreach (var provider in options.Providers)
        {
            if (!configuration.GetSection($"BfProxy:Providers:{provider}").Exists())
            {
                faults.Add($"{section.Path}:Providers", $"there is no provider '{provider}' in BfProxy:Providers");
            }
        }
    }
}
