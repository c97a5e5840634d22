using System.Text;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAiResponses;

/// <summary>Writes one part of a message's content.</summary>
internal sealed class ResponsesContentWriter(Utf8JsonWriter writer, FaultSink faults)
{
    public void Write(ContentPart part, bool isAssistant)
    {
        switch (part)
        {
            case TextPart text:
                WriteText(text.Text, isAssistant);
                break;
            case MediaPart media:
                WriteMedia(media);
                break;
            case OpaquePart { Form: WireForm.OpenAi }:
                JsonCopy.Write(writer, part.Source);
                break;
            default:
                faults.Fail(part.Path, "OpenAI does not know this kind of content.");
                break;
        }
    }

    private void WriteText(JsonElement text, bool isAssistant)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, isAssistant ? "output_text"u8 : "input_text"u8);
        JsonCopy.Write(writer, "text"u8, text);
        writer.WriteEndObject();
    }

    private void WriteMedia(MediaPart media)
    {
        switch (media)
        {
            case { Kind: MediaKind.Audio }:
                faults.Fail(media.Path, "OpenAI's Responses take no sound.");
                break;
            case { FileId: { } id } when media.Form is WireForm.OpenAi:
                Write(media, "file_id"u8, Encoding.UTF8.GetBytes(id));
                break;
            case { Url: { } url }:
                Write(media, media.Kind is MediaKind.Image ? "image_url"u8 : "file_url"u8, Encoding.UTF8.GetBytes(url));
                break;
            case { Data: { } data }:
                Write(media, media.Kind is MediaKind.Image ? "image_url"u8 : "file_data"u8, MediaUrl.OfData(media, data));
                break;
            default:
                faults.Fail(media.Path, "OpenAI cannot fetch this; send the data itself.");
                break;
        }
    }

    private void Write(MediaPart media, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var isImage = media.Kind is MediaKind.Image;
        writer.WriteStartObject();
        writer.WriteString("type"u8, isImage ? "input_image"u8 : "input_file"u8);
        writer.WriteString(name, value);
        if (isImage && DetailOf(media) is { } detail)
        {
            JsonCopy.Write(writer, "detail"u8, detail);
        }
        else if (name.SequenceEqual("file_data"u8))
        {
            writer.WriteString("filename"u8, media.FileName ?? (media.MimeType == "application/pdf" ? "document.pdf" : "document"));
        }

        writer.WriteEndObject();
    }

    private static JsonElement? DetailOf(MediaPart media) =>
        media.Form is WireForm.OpenAi && FieldReader.Find(media.Source, "image_url") is { ValueKind: JsonValueKind.Object } image
            ? FieldReader.Find(image, "detail")
            : null;
}
