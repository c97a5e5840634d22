using System.Globalization;
using System.Security.Cryptography;

namespace BfProxy.Hooks;

/// <summary>
/// The signature of a call: <c>t=&lt;unix seconds&gt;,v1=&lt;hex HMAC-SHA256 of "t.body"&gt;</c>. No two calls of a hook carry the same one, so that a receiver may refuse
/// one that it has seen: where the same body goes out again within a second, its <c>t</c> is a second later.
/// </summary>
internal sealed class HookSignature(TimeProvider time)
{
    public const string Header = "X-BfProxy-Signature";

    /// <summary>How far ahead of the clock a repeated body may be signed; receivers accept five minutes.</summary>
    private const int MostSecondsAhead = 120;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _lastByBody = new(StringComparer.Ordinal);
    private long _cleaned;

    public string Sign(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> body)
    {
        var t = NextSecond(Hmac(secret, default, body));
        Span<byte> prefix = stackalloc byte[24];
        t.TryFormat(prefix, out var length, provider: CultureInfo.InvariantCulture);
        prefix[length++] = (byte)'.';
        return string.Create(CultureInfo.InvariantCulture, $"t={t},v1={Hmac(secret, prefix[..length], body)}");
    }

    private static string Hmac(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(prefix);
        hmac.AppendData(body);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    /// <summary>Now, or the second after the one for which this body was last signed.</summary>
    private long NextSecond(string body)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        lock (_lock)
        {
            Forget(now);
            var next = _lastByBody.TryGetValue(body, out var last) ? Math.Clamp(last + 1, now, now + MostSecondsAhead) : now;
            _lastByBody[body] = next;
            return next;
        }
    }

    // Bodies signed for a second that is over may be signed for this one.
    private void Forget(long now)
    {
        if (_cleaned == now)
        {
            return;
        }

        _cleaned = now;
        foreach (var (body, last) in _lastByBody)
        {
            if (last < now)
            {
                _lastByBody.Remove(body);
            }
        }
    }
}
