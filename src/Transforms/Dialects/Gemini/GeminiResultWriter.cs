using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>Writes what tools answered. Gemini wants exactly one result for each call, and an object as the result.</summary>
internal static class GeminiResultWriter
{
    /// <summary>Writes the <c>functionResponse</c> for a call; one that has no result gets one that says so.</summary>
    public static void Write(Utf8JsonWriter writer, ToolCallPart call, FaultSink faults)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("functionResponse"u8);
        if (call.Id is { } id)
        {
            writer.WriteString("id"u8, id);
        }

        writer.WriteString("name"u8, call.Name);
        writer.WritePropertyName("response"u8);
        if (call.Result is { } result)
        {
            WriteResponse(writer, result, faults);
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteString("error"u8, "no result"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Writes a result that answers no call as text.</summary>
    public static void WriteAsText(Utf8JsonWriter writer, ToolResultPart orphan, JsonElement content)
    {
        writer.WriteStartObject();
        ResultText.Write(writer, "text"u8, orphan, content);
        writer.WriteEndObject();
    }

    private static void WriteResponse(Utf8JsonWriter writer, ToolResultPart result, FaultSink faults)
    {
        var name = result.IsError ? "error"u8 : "output"u8;
        switch (result.Content)
        {
            case null:
                WriteEmpty(writer, name);
                break;
            case { ValueKind: JsonValueKind.Object } own:
                JsonCopy.Write(writer, own);
                break;
            case { ValueKind: JsonValueKind.String } text:
                WriteText(writer, name, text);
                break;
            case { ValueKind: JsonValueKind.Array } parts when result.Form is not WireForm.Gemini:
                WriteParts(writer, name, result, parts, faults);
                break;
            case { } value:
                writer.WriteStartObject();
                JsonCopy.Write(writer, name, value);
                writer.WriteEndObject();
                break;
        }
    }

    // Text that is itself a JSON object is what the tool meant to say.
    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement text)
    {
        using var parsed = JsonText.ParseObject(text);
        if (parsed is not null)
        {
            JsonCopy.Write(writer, parsed.RootElement);
            return;
        }

        writer.WriteStartObject();
        JsonCopy.Write(writer, name, text);
        writer.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ToolResultPart result, JsonElement parts, FaultSink faults)
    {
        switch (JsonText.TextsOf(parts))
        {
            case null:
                faults.Fail(result.Path.Member("content"), "Gemini takes only text as a tool's result.");
                WriteEmpty(writer, name);
                break;
            case { Count: 0 }:
                WriteEmpty(writer, name);
                break;
            case { Count: 1 } single:
                WriteText(writer, name, single[0]);
                break;
            case var texts:
                writer.WriteStartObject();
                writer.WritePropertyName(name);
                JsonText.WriteJoined(writer, texts);
                writer.WriteEndObject();
                break;
        }
    }

    private static void WriteEmpty(Utf8JsonWriter writer, ReadOnlySpan<byte> name)
    {
        writer.WriteStartObject();
        writer.WriteString(name, string.Empty);
        writer.WriteEndObject();
    }
}
