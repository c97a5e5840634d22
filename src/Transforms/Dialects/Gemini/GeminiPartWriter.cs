using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>Writes one part of a content. Parts in Gemini's own form are copied.</summary>
internal sealed class GeminiPartWriter(Utf8JsonWriter writer, ModelTraits traits, FaultSink faults)
{
    // Google's documented stand-in for a signature that a history from elsewhere does not have.
    private const string NoSignature = "skip_thought_signature_validator";

    public static void WriteText(Utf8JsonWriter writer, JsonElement text)
    {
        writer.WriteStartObject();
        JsonCopy.Write(writer, "text"u8, text);
        writer.WriteEndObject();
    }

    /// <summary>Writes a part.</summary>
    /// <param name="part">Any part but a tool's result.</param>
    /// <param name="needsSignature">Whether it is the first call of a turn whose calls carry no signature.</param>
    public void Write(ContentPart part, bool needsSignature)
    {
        switch (part)
        {
            case ToolCallPart call:
                WriteCall(call, needsSignature);
                break;
            case { Form: WireForm.Gemini, Source.ValueKind: JsonValueKind.Object }:
                JsonCopy.Write(writer, part.Source);
                break;
            case TextPart text:
                WriteText(writer, text.Text);
                break;
            case MediaPart media:
                WriteMedia(media);
                break;
            case OpaquePart opaque:
                faults.Fail(part.Path, $"Gemini does not take content of the kind {FaultSink.Quote(opaque.Kind)}.");
                break;
        }
    }

    private void WriteCall(ToolCallPart call, bool needsSignature)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("functionCall"u8);
        if (call.Id is { } id)
        {
            writer.WriteString("id"u8, id);
        }

        writer.WriteString("name"u8, call.Name);
        writer.WritePropertyName("args"u8);
        CallArguments.WriteObject(writer, call, faults);
        writer.WriteEndObject();
        if (call.ThoughtSignature is { } signature)
        {
            JsonCopy.Write(writer, "thoughtSignature"u8, signature);
        }
        else if (needsSignature && traits.Signatures == true)
        {
            writer.WriteString("thoughtSignature"u8, NoSignature);
        }

        writer.WriteEndObject();
    }

    private void WriteMedia(MediaPart media)
    {
        if (media.Url is { } url)
        {
            WriteFile(media, url);
            return;
        }

        if (media.Data is not { } data)
        {
            faults.Fail(media.Path, "Gemini cannot read files uploaded to another provider; send a data: URL.");
            return;
        }

        var mimeType = media.MimeType;
        var base64 = JsonText.Unescape(data);
        if (DataUrl.IsIn(data) && !DataUrl.TrySplit(base64, out mimeType, out base64))
        {
            faults.Fail(media.Path, "expected a data: URL with its type and base64 data.");
            return;
        }

        writer.WriteStartObject();
        writer.WriteStartObject("inlineData"u8);
        writer.WriteString("mimeType"u8, mimeType);
        writer.WriteString("data"u8, base64);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteFile(MediaPart media, string url)
    {
        if (!GeminiFileUri.IsKnown(url))
        {
            faults.Fail(media.Path, "Gemini does not fetch this address; send the data itself as a data: URL.");
            return;
        }

        writer.WriteStartObject();
        writer.WriteStartObject("fileData"u8);
        writer.WriteString("fileUri"u8, url);
        if (media.MimeType is { } mimeType)
        {
            writer.WriteString("mimeType"u8, mimeType);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
