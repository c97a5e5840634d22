using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>What a tool answered, as text.</summary>
internal static class ResultText
{
    /// <summary>Writes a member with the text; an answer that is no text is said as its JSON.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ToolResultPart result, JsonElement content)
    {
        if (content.ValueKind is JsonValueKind.String)
        {
            JsonCopy.Write(writer, name, content);
        }
        else if (result.Form is not WireForm.Gemini && content.ValueKind is JsonValueKind.Array && JsonText.TextsOf(content) is { Count: > 0 } texts)
        {
            writer.WritePropertyName(name);
            JsonText.WriteJoined(writer, texts);
        }
        else
        {
            JsonText.WriteAsString(writer, name, content);
        }
    }
}
