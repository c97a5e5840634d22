using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary><c>data:</c> URLs, which may be many megabytes and are not decoded for a look at their head.</summary>
internal static class DataUrl
{
    private const int MaxHead = 256;

    private static ReadOnlySpan<byte> Scheme => "data:"u8;

    /// <summary>Whether a JSON string holds one.</summary>
    public static bool IsIn(JsonElement text) =>
        JsonMarshal.GetRawUtf8Value(text) is var raw && raw.Length > Scheme.Length && Ascii.EqualsIgnoreCase(raw.Slice(1, Scheme.Length), Scheme);

    /// <summary>Splits one that holds base64.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> url, out string mimeType, out ReadOnlySpan<byte> base64)
    {
        mimeType = string.Empty;
        base64 = default;
        var comma = url.IndexOf((byte)',');
        if (comma < Scheme.Length || comma > MaxHead)
        {
            return false;
        }

        var head = Encoding.UTF8.GetString(url[Scheme.Length..comma]);
        base64 = url[(comma + 1)..];
        var end = head.IndexOf(';', StringComparison.Ordinal);
        mimeType = end <= 0 ? "application/octet-stream" : head[..end].Trim();
        return head.EndsWith(";base64", StringComparison.OrdinalIgnoreCase);
    }
}
