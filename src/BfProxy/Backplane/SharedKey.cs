using System.Security.Cryptography;
using System.Text;

namespace BfProxy.Backplane;

/// <summary>A random key that all nodes of a deployment share, so that what one of them signs another can check.</summary>
internal sealed class SharedKey(byte[] key)
{
    private const int KeyBytes = 32;

    private readonly byte[] _key = key;

    /// <summary>A new key, for this node until it can ask for the others'.</summary>
    public static SharedKey Create() => new(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>The deployment's key for one purpose: the first node to ask makes it, of <paramref name="own"/> where it has one.</summary>
    public static async ValueTask<SharedKey> GetAsync(IStateStore store, string name, SharedKey? own, CancellationToken cancellationToken)
    {
        own ??= Create();
        if (await store.TryAddAsync(name, own._key, timeToLive: null, cancellationToken))
        {
            return own;
        }

        var key = await store.GetAsync(name, cancellationToken);
        return new SharedKey(key ?? throw new InvalidOperationException($"'{name}' is neither free nor taken"));
    }

    /// <summary>The first <paramref name="bytes"/> bytes, at most 32, of the keyed hash of a text, in base64url.</summary>
    public string Tag(string text, int bytes)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text), hash);
        return System.Buffers.Text.Base64Url.EncodeToString(hash[..bytes]);
    }

    /// <summary>Compares in constant time.</summary>
    public bool IsTag(ReadOnlySpan<char> tag, string text, int bytes) =>
        CryptographicOperations.FixedTimeEquals(System.Runtime.InteropServices.MemoryMarshal.AsBytes(tag), System.Runtime.InteropServices.MemoryMarshal.AsBytes(Tag(text, bytes).AsSpan()));
}
