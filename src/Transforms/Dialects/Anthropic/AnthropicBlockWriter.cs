using System.Buffers;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>Writes one content block. Blocks in Anthropic's own form are copied, with their cache marks and citations.</summary>
internal sealed class AnthropicBlockWriter(Utf8JsonWriter writer, FaultSink faults)
{
    private readonly AnthropicCallIds _ids = new();
    private readonly AnthropicMediaWriter _media = new(writer, faults);

    /// <summary>Whether a part is text without a visible character, which Anthropic refuses.</summary>
    public static bool IsBlank(ContentPart part) => part is TextPart text && IsBlank(text.Text);

    public static bool IsBlank(JsonElement text) =>
        text.ValueKind is JsonValueKind.String && JsonText.Unescape(text).Trim(" \t\r\n"u8).IsEmpty;

    /// <summary>Asks in words for an answer in JSON.</summary>
    public static void WriteFormat(Utf8JsonWriter writer, AnswerFormat format)
    {
        if (format.Schema is null)
        {
            AnthropicTurns.WriteText(writer, "Answer with one JSON object and nothing else."u8);
            return;
        }

        var text = new ArrayBufferWriter<byte>();
        text.Write("Answer with JSON that fits this schema, and with nothing else: "u8);
        using (var inner = new Utf8JsonWriter(text, JsonCopy.WriterOptions))
        {
            format.WriteSchema(inner);
        }

        AnthropicTurns.WriteText(writer, text.WrittenSpan);
    }

    /// <summary>Writes any part but a tool's result.</summary>
    /// <param name="part">A part that is not blank.</param>
    /// <param name="endsAnswer">Whether the model is to go on from here, where it takes no white space.</param>
    public void Write(ContentPart part, bool endsAnswer)
    {
        switch (part)
        {
            case TextPart text when endsAnswer:
                AnthropicTurns.WriteText(writer, JsonText.Unescape(text.Text).TrimEnd(" \t\r\n"u8));
                break;
            case TextPart text:
                WriteText(text);
                break;
            case ToolCallPart call:
                WriteCall(call);
                break;
            case ThinkingPart or MediaPart { Form: WireForm.Anthropic } or OpaquePart { Form: not WireForm.Gemini, IsCall: false }:
                JsonCopy.Write(writer, part.Source);
                break;
            case MediaPart media:
                _media.Write(media);
                break;
            case OpaquePart opaque:
                faults.Fail(part.Path, $"Anthropic does not take content of the kind {FaultSink.Quote(opaque.Kind)}.");
                break;
        }
    }

    /// <summary>Writes the result of a call; one that has none gets one that says so.</summary>
    public void WriteResult(ToolCallPart call)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "tool_result"u8);
        writer.WriteString("tool_use_id"u8, _ids.Of(call));
        if (call.Result is not { } result)
        {
            writer.WriteString("content"u8, "no result"u8);
            writer.WriteBoolean("is_error"u8, value: true);
        }
        else
        {
            WriteContent(result);
            if (result.IsError)
            {
                writer.WriteBoolean("is_error"u8, value: true);
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes a result that answers no call as text.</summary>
    public void WriteOrphan(ToolResultPart orphan, JsonElement content)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        ResultText.Write(writer, "text"u8, orphan, content);
        writer.WriteEndObject();
    }

    private void WriteText(TextPart text)
    {
        if (text.Form is WireForm.Anthropic && text.Source.ValueKind is JsonValueKind.Object
            && text.Source.TryGetProperty("type"u8, out var type) && type.ValueEquals("text"u8))
        {
            JsonCopy.Write(writer, text.Source);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        JsonCopy.Write(writer, "text"u8, text.Text);
        writer.WriteEndObject();
    }

    private void WriteCall(ToolCallPart call)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "tool_use"u8);
        writer.WriteString("id"u8, _ids.Of(call));
        writer.WriteString("name"u8, call.Name);
        writer.WritePropertyName("input"u8);
        CallArguments.WriteObject(writer, call, faults);
        writer.WriteEndObject();
    }

    private void WriteContent(ToolResultPart result)
    {
        switch (result.Content)
        {
            case null:
                break;
            case { ValueKind: JsonValueKind.Array } parts when result.Form is WireForm.Anthropic || (result.Form is WireForm.OpenAi && JsonText.TextsOf(parts) is not null):
                JsonCopy.Write(writer, "content"u8, parts);
                break;
            case { ValueKind: JsonValueKind.Array } when result.Form is WireForm.OpenAi:
                faults.Fail(result.Path.Member("content"), "expected text as a tool's result.");
                break;
            case { } content:
                ResultText.Write(writer, "content"u8, result, content);
                break;
        }
    }
}
