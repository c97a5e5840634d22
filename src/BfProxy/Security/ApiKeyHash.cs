using System.Security.Cryptography;
using System.Text;

namespace BfProxy.Security;

/// <summary>A key as it is kept: its SHA-256, so that comparing takes the same time for every key and no key stays in memory by itself.</summary>
internal static class ApiKeyHash
{
    private const string Prefix = "sha256:";

    public static byte[] Of(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>The key as it stands in a configuration.</summary>
    public static string Write(string key) => Prefix + Convert.ToHexStringLower(Of(key));

    /// <summary>Reads a configured key, plain or <c>sha256:&lt;hex&gt;</c>.</summary>
    public static bool TryRead(string configured, out byte[] hash)
    {
        hash = [];
        if (!configured.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            hash = Of(configured);
            return configured.Length > 0;
        }

        var hex = configured.AsSpan(Prefix.Length);
        var bytes = new byte[SHA256.HashSizeInBytes];
        if (Convert.FromHexString(hex, bytes, out var consumed, out var written) != System.Buffers.OperationStatus.Done
            || consumed != hex.Length || written != bytes.Length)
        {
            return false;
        }

        hash = bytes;
        return true;
    }
}
