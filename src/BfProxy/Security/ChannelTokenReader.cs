using System.Text;
using System.Text.Json;
using JWT;
using JWT.Algorithms;
using JWT.Exceptions;
using JWT.Serializers;

namespace BfProxy.Security;

/// <summary>
/// Proves channel tokens: JWTs with the one algorithm HS256 under the app's own secret. The library by itself would take a token without
/// <c>exp</c> and one whose header names another algorithm, so both are looked at here.
/// </summary>
internal sealed class ChannelTokenReader
{
    public const int MaxLength = 16 * 1024;

    /// <summary>How far ahead the clock of whoever made the token may be. Its end is its end.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    private readonly TimeProvider _time;
    private readonly JwtDecoder _decoder;
    private readonly JwtBase64UrlEncoder _base64 = new();

    public ChannelTokenReader(TimeProvider time)
    {
        _time = time;
        var json = new JsonNetSerializer();
        _decoder = new JwtDecoder(json, new JwtValidator(json, new TokenClock(time), (int)Skew.TotalSeconds), _base64, new HMACSHA256Algorithm());
    }

    /// <summary>Reads a token that a visitor of <paramref name="host"/> brings.</summary>
    public TokenFault Read(App app, string host, string? text, out ChannelToken? token)
    {
        token = null;
        if (app.TokenSecret is not { } secret)
        {
            return TokenFault.NoSecret;
        }

        if (text is not { Length: > 0 and <= MaxLength })
        {
            return TokenFault.Wrong;
        }

        try
        {
            var parts = new JwtParts(text);
            if (!IsOurs(_base64.Decode(parts.Header)))
            {
                return TokenFault.Wrong;
            }

            using var claims = JsonDocument.Parse(_decoder.Decode(parts, Encoding.UTF8.GetBytes(secret), verify: true));
            var fault = CheckTime(claims.RootElement);
            return fault is TokenFault.None && !TryRead(claims.RootElement, app.UserIdClaim, host, out token) ? TokenFault.Wrong : fault;
        }
        catch (TokenExpiredException)
        {
            return TokenFault.Expired;
        }
        catch (Exception exception) when (exception is SignatureVerificationException or FormatException or ArgumentException or InvalidOperationException or JsonException or Newtonsoft.Json.JsonException)
        {
            // The many ways in which the library, and the reader of JSON, say that this is no token.
            return TokenFault.Wrong;
        }
    }

    private static bool IsOurs(byte[] header)
    {
        using var document = JsonDocument.Parse(header);
        var root = document.RootElement;
        return root.ValueKind == JsonValueKind.Object
            && root.TryGetProperty("alg", out var algorithm) && algorithm.ValueKind == JsonValueKind.String && algorithm.ValueEquals("HS256"u8)
            && !root.TryGetProperty("crit", out _);
    }

    private TokenFault CheckTime(JsonElement claims)
    {
        var now = (double)_time.GetUtcNow().ToUnixTimeMilliseconds() / 1000;
        if (claims.ValueKind != JsonValueKind.Object || !claims.TryGetProperty("exp", out var end) || end.ValueKind != JsonValueKind.Number)
        {
            return TokenFault.Wrong;
        }

        if (claims.TryGetProperty("nbf", out var start) && (start.ValueKind != JsonValueKind.Number || start.GetDouble() > now + Skew.TotalSeconds))
        {
            return TokenFault.Wrong;
        }

        return end.GetDouble() > now ? TokenFault.None : TokenFault.Expired;
    }

    private static bool TryRead(JsonElement claims, string userIdClaim, string host, out ChannelToken? token)
    {
        token = null;
        if (!IsFor(claims, host) || ReadId(claims, userIdClaim) is not { } id || !ChannelGrants.TryReadAll(claims, out var channels))
        {
            return false;
        }

        var email = claims.TryGetProperty("email", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        token = new ChannelToken(new User(id, email), channels);
        return true;
    }

    private static bool IsFor(JsonElement claims, string host)
    {
        if (!claims.TryGetProperty("aud", out var audience))
        {
            return true;
        }

        return audience.ValueKind == JsonValueKind.Array
            ? audience.EnumerateArray().Any(one => IsHost(one, host))
            : IsHost(audience, host);
    }

    private static bool IsHost(JsonElement value, string host) =>
        value.ValueKind == JsonValueKind.String && string.Equals(value.GetString(), host, StringComparison.OrdinalIgnoreCase);

    /// <summary>A number too: so FileMaker writes its ids.</summary>
    private static string? ReadId(JsonElement claims, string name) =>
        !claims.TryGetProperty(name, out var value) ? null : value.ValueKind switch
        {
            JsonValueKind.String when value.GetString() is { Length: > 0 } text => text,
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
}
