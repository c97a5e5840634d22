namespace BfProxy.Security.Images;

/// <summary>The types that are fetched. A server's word is not enough: the first bytes decide.</summary>
internal static class ImageType
{
    private const string Pdf = "application/pdf";

    /// <summary>Whether a server may call an image or document so. Stores that do not know call everything a stream of octets.</summary>
    public static bool MayBe(string? mediaType, bool isImage) =>
        mediaType?.ToLowerInvariant() is { } type
        && (type is "application/octet-stream" or "binary/octet-stream"
            || (isImage ? type is "image/jpeg" or "image/jpg" or "image/png" or "image/gif" or "image/webp" or "image/heic" or "image/heif" : type is Pdf));

    /// <summary>The type by the first bytes; null for anything else.</summary>
    public static string? Find(ReadOnlySpan<byte> data, bool isImage) => isImage ? FindImage(data) : data.StartsWith("%PDF-"u8) ? Pdf : null;

    private static string? FindImage(ReadOnlySpan<byte> data) => data switch
    {
        _ when data.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) => "image/png",
        _ when data.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) => "image/jpeg",
        _ when data.StartsWith("GIF87a"u8) || data.StartsWith("GIF89a"u8) => "image/gif",
        _ when data.Length >= 12 && data.StartsWith("RIFF"u8) && data[8..].StartsWith("WEBP"u8) => "image/webp",
        _ when data.Length >= 12 && data[4..].StartsWith("ftyp"u8) => FindBrand(data.Slice(8, 4)),
        _ => null,
    };

    private static string? FindBrand(ReadOnlySpan<byte> brand) => brand switch
    {
        _ when brand.SequenceEqual("heic"u8) || brand.SequenceEqual("heix"u8) => "image/heic",
        _ when brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("heif"u8) => "image/heif",
        _ => null,
    };
}
