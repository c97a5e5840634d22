using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>Writes <c>messages</c>: OpenAI's own are copied, others and the deprecated forms are said in today's.</summary>
internal static class OpenAiMessageWriter
{
    public static void Write(Utf8JsonWriter writer, ChatRequest request, ModelTraits traits, FaultSink faults)
    {
        // Google's endpoint in OpenAI's format wants its signatures back; OpenAI refuses the field.
        var keepsExtras = traits.Signatures == true;
        writer.WriteStartArray("messages"u8);
        foreach (var message in request.Messages)
        {
            if (message is { Form: WireForm.OpenAi, IsIrregular: false })
            {
                WriteOwn(writer, message, keepsExtras);
            }
            else
            {
                WriteTranslated(writer, message, keepsExtras, faults);
            }

            if (!ReferenceEquals(message, request.Messages[^1]))
            {
                WriteMissingResults(writer, message);
            }
        }

        writer.WriteEndArray();
    }

    // A conversation that went on without a call's result is refused.
    private static void WriteMissingResults(Utf8JsonWriter writer, ChatMessage message)
    {
        foreach (var call in message.Parts.OfType<ToolCallPart>().Where(static call => call.Result is null))
        {
            writer.WriteStartObject();
            writer.WriteString("role"u8, "tool"u8);
            writer.WriteString("tool_call_id"u8, call.LinkId);
            writer.WriteString("content"u8, "no result"u8);
            writer.WriteEndObject();
        }
    }

    private static void WriteOwn(Utf8JsonWriter writer, ChatMessage message, bool keepsExtras)
    {
        writer.WriteStartObject();
        foreach (var member in message.Source.EnumerateObject())
        {
            if (member.NameEquals("tool_calls"u8))
            {
                OpenAiCallWriter.Write(writer, message.Parts, keepsExtras);
            }
            else if (member.NameEquals("content"u8) || !SaysNothing(member.Value))
            {
                JsonCopy.Write(writer, member);
            }
        }

        writer.WriteEndObject();
    }

    private static bool SaysNothing(JsonElement value) =>
        value.ValueKind is JsonValueKind.Null || (value.ValueKind is JsonValueKind.String && value.ValueEquals(ReadOnlySpan<byte>.Empty));

    private static void WriteTranslated(Utf8JsonWriter writer, ChatMessage message, bool keepsExtras, FaultSink faults)
    {
        switch (message.Role)
        {
            case ChatRole.Tool:
                foreach (var part in message.Parts)
                {
                    WriteResult(writer, (ToolResultPart)part, faults);
                }

                break;
            case ChatRole.Assistant:
                WriteTurn(writer, message, "assistant"u8, keepsExtras, faults);
                break;
            case ChatRole.System:
                WriteTurn(writer, message, "system"u8, keepsExtras, faults);
                break;
            default:
                WriteTurn(writer, message, "user"u8, keepsExtras, faults);
                break;
        }
    }

    private static void WriteTurn(Utf8JsonWriter writer, ChatMessage message, ReadOnlySpan<byte> role, bool keepsExtras, FaultSink faults)
    {
        var hasCalls = message.Parts.Any(static part => part is ToolCallPart or OpaquePart { IsCall: true });
        var content = message.Parts.Where(static part => part is not (ToolCallPart or ThinkingPart or OpaquePart { IsCall: true })).ToArray();
        if (content.Length == 0 && !hasCalls)
        {
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("role"u8, role);
        OpenAiContentWriter.Write(writer, content, faults);
        if (hasCalls)
        {
            OpenAiCallWriter.Write(writer, message.Parts, keepsExtras);
        }

        foreach (var member in message.Own is { Dialect: "openai" } own ? own.Content.EnumerateObject() : default)
        {
            JsonCopy.Write(writer, member);
        }

        writer.WriteEndObject();
    }

    // A result that answers no call would be refused; what it says reaches the model as text.
    private static void WriteResult(Utf8JsonWriter writer, ToolResultPart result, FaultSink faults)
    {
        var id = result.Call?.LinkId ?? result.CallId;
        writer.WriteStartObject();
        writer.WriteString("role"u8, id is null ? "user"u8 : "tool"u8);
        if (id is not null)
        {
            writer.WriteString("tool_call_id"u8, id);
        }

        OpenAiContentWriter.WriteResult(writer, result, faults);
        writer.WriteEndObject();
    }
}
