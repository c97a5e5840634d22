using System.Text;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>Images and documents as <c>data:</c> URLs.</summary>
internal static class MediaUrl
{
    /// <summary>The URL of data that came as base64 with its type beside it.</summary>
    public static byte[] OfData(MediaPart media, JsonElement data) => DataUrl.IsIn(data)
        ? JsonText.Unescape(data).ToArray()
        : [.. "data:"u8, .. Encoding.UTF8.GetBytes(media.MimeType!), .. ";base64,"u8, .. JsonText.Unescape(data)];
}
