using System.Text;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>Writes <c>content</c> of a message that was not written in OpenAI's form.</summary>
internal static class OpenAiContentWriter
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<ContentPart> parts, FaultSink faults)
    {
        writer.WritePropertyName("content"u8);
        if (parts.Count == 0)
        {
            writer.WriteNullValue();
            return;
        }

        if (parts is [TextPart only])
        {
            JsonCopy.Write(writer, only.Text);
            return;
        }

        writer.WriteStartArray();
        foreach (var part in parts)
        {
            WritePart(writer, part, faults);
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes what a tool answered: text as it is, parts of text as parts, an object as its JSON text.</summary>
    public static void WriteResult(Utf8JsonWriter writer, ToolResultPart result, FaultSink faults)
    {
        switch (result.Content)
        {
            case null:
                writer.WriteString("content"u8, string.Empty);
                break;
            case { ValueKind: JsonValueKind.String } text:
                JsonCopy.Write(writer, "content"u8, text);
                break;
            case { ValueKind: JsonValueKind.Array } parts when result.Form is not WireForm.Gemini:
                WriteResultParts(writer, result, parts, faults);
                break;
            case { } value:
                JsonText.WriteAsString(writer, "content"u8, value);
                break;
        }
    }

    private static void WriteResultParts(Utf8JsonWriter writer, ToolResultPart result, JsonElement parts, FaultSink faults)
    {
        if (JsonText.TextsOf(parts) is not { } texts)
        {
            faults.Fail(result.Path.Member("content"), "OpenAI takes only text as a tool's result.");
            return;
        }

        writer.WriteStartArray("content"u8);
        foreach (var text in texts)
        {
            WriteText(writer, text);
        }

        writer.WriteEndArray();
    }

    private static void WritePart(Utf8JsonWriter writer, ContentPart part, FaultSink faults)
    {
        switch (part)
        {
            case TextPart text:
                WriteText(writer, text.Text);
                break;
            case { Form: WireForm.OpenAi }:
                JsonCopy.Write(writer, part.Source);
                break;
            case MediaPart media:
                WriteMedia(writer, media, faults);
                break;
            default:
                faults.Fail(part.Path, "OpenAI does not know this kind of content.");
                break;
        }
    }

    private static void WriteText(Utf8JsonWriter writer, JsonElement text)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        JsonCopy.Write(writer, "text"u8, text);
        writer.WriteEndObject();
    }

    private static void WriteMedia(Utf8JsonWriter writer, MediaPart media, FaultSink faults)
    {
        switch (media)
        {
            case { Kind: MediaKind.Image, Url: { } url }:
                WriteImage(writer, Encoding.UTF8.GetBytes(url));
                break;
            case { Kind: MediaKind.Image, Data: { } data }:
                WriteImage(writer, MediaUrl.OfData(media, data));
                break;
            case { Kind: MediaKind.Audio, Data: { } data }:
                WriteAudio(writer, media, data);
                break;
            case { Kind: MediaKind.File, Data: { } data }:
                WriteFile(writer, media, data);
                break;
            default:
                faults.Fail(media.Path, "OpenAI cannot fetch this; send the data itself.");
                break;
        }
    }

    private static void WriteImage(Utf8JsonWriter writer, ReadOnlySpan<byte> url)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "image_url"u8);
        writer.WriteStartObject("image_url"u8);
        writer.WriteString("url"u8, url);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteAudio(Utf8JsonWriter writer, MediaPart media, JsonElement data)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "input_audio"u8);
        writer.WriteStartObject("input_audio"u8);
        JsonCopy.Write(writer, "data"u8, data);
        writer.WriteString("format"u8, media.MimeType is "audio/wav" or "audio/x-wav" ? "wav"u8 : "mp3"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteFile(Utf8JsonWriter writer, MediaPart media, JsonElement data)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "file"u8);
        writer.WriteStartObject("file"u8);
        writer.WriteString("filename"u8, media.FileName ?? (media.MimeType == "application/pdf" ? "document.pdf" : "document"));
        writer.WriteString("file_data"u8, MediaUrl.OfData(media, data));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
