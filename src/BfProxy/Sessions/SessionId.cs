using System.Buffers;
using System.Security.Cryptography;

namespace BfProxy.Sessions;

/// <summary>Ids of conversations, 128 random bits behind a prefix: whoever knows one may go on with it, and a path that holds one is ours.</summary>
internal sealed class SessionId : IRouteConstraint
{
    public const string Key = "sessionId";

    private const string Prefix = "bfs_";
    private const int Bytes = 16;
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    public static string New() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    public static bool IsOurs(string id) =>
        id.Length == Prefix.Length + (2 * Bytes) && id.StartsWith(Prefix, StringComparison.Ordinal) && id.AsSpan(Prefix.Length).IndexOfAnyExcept(Hex) < 0;

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        values[routeKey] is string id && IsOurs(id);
}
