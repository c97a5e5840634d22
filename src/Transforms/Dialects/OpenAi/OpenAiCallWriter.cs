using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>Writes an assistant's <c>tool_calls</c>; none where it made none, since OpenAI refuses an empty list.</summary>
internal static class OpenAiCallWriter
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<ContentPart> parts, bool keepsExtras)
    {
        var isOpen = false;
        foreach (var part in parts)
        {
            if (part is not (ToolCallPart or OpaquePart { IsCall: true }))
            {
                continue;
            }

            if (!isOpen)
            {
                writer.WriteStartArray("tool_calls"u8);
                isOpen = true;
            }

            WriteCall(writer, part, keepsExtras);
        }

        if (isOpen)
        {
            writer.WriteEndArray();
        }
    }

    private static void WriteCall(Utf8JsonWriter writer, ContentPart part, bool keepsExtras)
    {
        if (part is not ToolCallPart call)
        {
            JsonCopy.Write(writer, part.Source);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("id"u8, call.LinkId);
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, call.Name);
        CallArguments.WriteText(writer, call.Arguments);
        writer.WriteEndObject();
        if (keepsExtras)
        {
            WriteSignature(writer, call);
        }

        writer.WriteEndObject();
    }

    private static void WriteSignature(Utf8JsonWriter writer, ToolCallPart call)
    {
        if (call.ThoughtSignature is { } signature)
        {
            writer.WriteStartObject("extra_content"u8);
            writer.WriteStartObject("google"u8);
            JsonCopy.Write(writer, "thought_signature"u8, signature);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }
}
