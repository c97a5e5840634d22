using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace BfProxy.Security;

/// <summary>Which pages may call: the same origin, callers without an Origin, and what the app allows.</summary>
internal static class OriginCheck
{
    public static bool IsAllowed(HttpContext context, App app) => IsAllowed(context, context.Request.Headers.Origin, app.AllowedOrigins);

    /// <summary>Whether an origin that a request names, or none, is the same or among <paramref name="allowed"/>.</summary>
    public static bool IsAllowed(HttpContext context, StringValues origin, FrozenSet<string> allowed) =>
        origin.Count == 0 || (origin is [{ } value] && (IsSame(value, context.Request.Host) || allowed.Contains(value)));

    // The scheme is left out: behind a proxy that ends TLS we see http where the page has https.
    private static bool IsSame(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && string.Equals(uri.IsDefaultPort ? uri.Host : uri.Authority, uri.IsDefaultPort && IsDefaultPort(host.Port) ? host.Host : host.Value, StringComparison.OrdinalIgnoreCase);

    private static bool IsDefaultPort(int? port) => port is null or 80 or 443;
}
