using System.Buffers;
using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>
/// Writes what is kept of a turn on a thread: messages in OpenAI's form, which every dialect reads, one raw JSON object each. What only the model itself
/// could say again (thoughts, signatures) is left out, so that a thread may go on with another provider.
/// </summary>
public static class ThreadMessages
{
    /// <summary>The model's turn and, for its calls, the results: each call has one, so that the thread can always go on.</summary>
    /// <param name="round">The round.</param>
    public static IEnumerable<JsonElement> Of(ToolRound round)
    {
        yield return Assistant(round.Turn);
        foreach (var call in round.Turn.Calls)
        {
            yield return Result(call.Id, round.Results.FirstOrDefault(result => result.CallId == call.Id)?.Content ?? "no result");
        }
    }

    /// <summary>The model's words as far as they came.</summary>
    /// <param name="escapedText">The inside of a JSON string.</param>
    public static JsonElement Assistant(ReadOnlySpan<byte> escapedText)
    {
        var inside = escapedText.ToArray();
        return Make(writer =>
        {
            writer.WriteString("role"u8, "assistant"u8);
            writer.WritePropertyName("content"u8);
            writer.WriteRawValue((byte[])[(byte)'"', .. inside, (byte)'"'], skipInputValidation: true);
        });
    }

    /// <summary>
    /// Writes the content of the last message of a turn as <c>[{"type":"text","text":{"value":"…","annotations":[…]}}]</c>; annotations where the dialect has some.
    /// </summary>
    /// <param name="turn">The turn.</param>
    /// <param name="writer">Receives the array.</param>
    public static void WriteContent(AnswerTurn turn, Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        var parts = PartsOf(turn);
        foreach (var part in parts)
        {
            WriteText(writer, FieldReader.Find(part, "text")?.GetString() ?? FieldReader.Find(part, "refusal")?.GetString() ?? "", FieldReader.Find(part, "annotations"));
        }

        if (parts.Count == 0)
        {
            WriteText(writer, turn.Text, annotations: null);
        }

        writer.WriteEndArray();
    }

    /// <summary>The text of the last message, as one piece.</summary>
    private static List<JsonElement> PartsOf(AnswerTurn turn) =>
        turn is { Dialect: "openai-responses", Own.ValueKind: JsonValueKind.Array }
        && turn.Own.EnumerateArray().LastOrDefault(static item => FieldReader.Find(item, "type")?.ValueEquals("message"u8) is true) is { ValueKind: JsonValueKind.Object } message
        && FieldReader.Find(message, "content") is { ValueKind: JsonValueKind.Array } content
            ? [.. content.EnumerateArray()]
            : [];

    private static void WriteText(Utf8JsonWriter writer, string value, JsonElement? annotations)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        writer.WriteStartObject("text"u8);
        writer.WriteString("value"u8, value);
        writer.WritePropertyName("annotations"u8);
        if (annotations is { ValueKind: JsonValueKind.Array } given)
        {
            JsonCopy.Write(writer, given);
        }
        else
        {
            writer.WriteStartArray();
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static JsonElement Assistant(AnswerTurn turn) => Make(writer =>
    {
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteString("content"u8, turn.Text);
        if (turn.Calls.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("tool_calls"u8);
        foreach (var call in turn.Calls)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, call.Id);
            writer.WriteString("type"u8, "function"u8);
            writer.WriteStartObject("function"u8);
            writer.WriteString("name"u8, call.Name);
            writer.WriteString("arguments"u8, call.Arguments);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static JsonElement Result(string callId, string content) => Make(writer =>
    {
        writer.WriteString("role"u8, "tool"u8);
        writer.WriteString("tool_call_id"u8, callId);
        writer.WriteString("content"u8, content);
    });

    private static JsonElement Make(Action<Utf8JsonWriter> members)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, JsonCopy.WriterOptions))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(json.WrittenMemory);
        return document.RootElement.Clone();
    }
}
