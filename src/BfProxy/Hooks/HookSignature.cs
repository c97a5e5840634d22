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
    private readonly Dictionary<string, long> _used = new(StringComparer.Ordinal);
    private long _cleaned;

    public string Sign(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> body)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        for (var t = now; ; t++)
        {
            var signature = Compute(secret, t, body);
            if (TryUse(signature, t, now) || t == now + MostSecondsAhead)
            {
                return string.Create(CultureInfo.InvariantCulture, $"t={t},v1={signature}");
            }
        }
    }

    private static string Compute(ReadOnlySpan<byte> secret, long t, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        Span<byte> prefix = stackalloc byte[24];
        t.TryFormat(prefix, out var length, provider: CultureInfo.InvariantCulture);
        prefix[length++] = (byte)'.';
        hmac.AppendData(prefix[..length]);
        hmac.AppendData(body);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    private bool TryUse(string signature, long t, long now)
    {
        lock (_lock)
        {
            if (_cleaned != now)
            {
                // What was signed for a second that is over cannot come again.
                _cleaned = now;
                foreach (var (old, second) in _used)
                {
                    if (second < now)
                    {
                        _used.Remove(old);
                    }
                }
            }

            return _used.TryAdd(signature, t);
        }
    }
}
