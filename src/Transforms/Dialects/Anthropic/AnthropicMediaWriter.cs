using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>Writes images and documents as base64 or by their address; of images Anthropic takes four types, of documents PDF.</summary>
internal sealed class AnthropicMediaWriter(Utf8JsonWriter writer, FaultSink faults)
{
    private const string Pdf = "application/pdf";

    public void Write(MediaPart media)
    {
        if (media.Kind is MediaKind.Audio)
        {
            faults.Fail(media.Path, "Anthropic takes no sound.");
        }
        else if (media.Url is { } url)
        {
            WriteUrl(media, url);
        }
        else if (media.Data is { } data)
        {
            WriteData(media, data);
        }
        else
        {
            faults.Fail(media.Path, "Anthropic cannot read files uploaded to another provider; send a data: URL.");
        }
    }

    private void WriteUrl(MediaPart media, string url)
    {
        var isWeb = Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);
        if (!isWeb || (media.Kind is MediaKind.File && media.MimeType is not (null or Pdf)))
        {
            faults.Fail(media.Path, "Anthropic does not fetch this address; send the data itself as a data: URL.");
            return;
        }

        Start(media.Kind is MediaKind.Image);
        writer.WriteString("type"u8, "url"u8);
        writer.WriteString("url"u8, url);
        End();
    }

    private void WriteData(MediaPart media, JsonElement data)
    {
        var mimeType = media.MimeType;
        var base64 = JsonText.Unescape(data);
        if (DataUrl.IsIn(data) && !DataUrl.TrySplit(base64, out mimeType, out base64))
        {
            faults.Fail(media.Path, "expected a data: URL with its type and base64 data.");
            return;
        }

        var type = TypeOf(mimeType);
        if (type is null)
        {
            faults.Fail(media.Path, $"Anthropic takes JPEG, PNG, GIF, WebP and PDF, not {FaultSink.Quote(mimeType ?? "data of no type")}.");
            return;
        }

        Start(type != Pdf);
        writer.WriteString("type"u8, "base64"u8);
        writer.WriteString("media_type"u8, type);
        writer.WriteString("data"u8, base64);
        End();
    }

    private static string? TypeOf(string? mimeType) => mimeType?.ToLowerInvariant() switch
    {
        "image/jpeg" or "image/jpg" => "image/jpeg",
        "image/png" => "image/png",
        "image/gif" => "image/gif",
        "image/webp" => "image/webp",
        Pdf => Pdf,
        _ => null,
    };

    private void Start(bool isImage)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, isImage ? "image"u8 : "document"u8);
        writer.WriteStartObject("source"u8);
    }

    private void End()
    {
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
