using System.Collections.Frozen;

namespace BfProxy.Security;

/// <summary>One app, as configured; immutable.</summary>
internal sealed record App(
    string Name,
    FrozenSet<string> Domains,
    bool ShareDomains,
    FrozenSet<string> AllowedOrigins,
    FrozenSet<string> Providers,
    IReadOnlyList<string> AnonymousChannels,
    string? TokenSecret,
    string UserIdClaim,
    string? DefaultActionName,
    bool StopNeedsKey,
    int? ConnectionsPerAddress,
    AppLimits Limits,
    DeliveryMode Delivery,
    string Portal,
    string? PortalKey)
{
    /// <summary>Whether a request with a key of its own may fall back to other providers, on the server's key.</summary>
    public bool FallbackOnServerKey { get; init; }

    public bool MayUse(string provider) => Providers.Count == 0 || Providers.Contains(provider);

    /// <summary>The host part of this app's channel names: the host itself where it is the app's own and not shared, else empty (the default scope).</summary>
    public string ScopeHost(string host) => !ShareDomains && Domains.TryGetValue(host, out var domain) ? domain : "";
}
