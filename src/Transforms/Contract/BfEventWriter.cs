using System.Buffers;
using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Writes the event objects that channels carry, as UTF-8 JSON without a frame around them.</summary>
public static class BfEventWriter
{
    /// <summary>Writes <c>{"type":"delta","content":"…"}</c>; allocates nothing.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="escapedText">The inside of a JSON string, copied as it is.</param>
    public static void WriteDelta(IBufferWriter<byte> output, ReadOnlySpan<byte> escapedText)
    {
        output.Write("{\"type\":\"delta\",\"content\":\""u8);
        output.Write(escapedText);
        output.Write("\"}"u8);
    }

    /// <summary>Writes <c>{"type":"end","finish_reason":"…","usage":{…}|null}</c>.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="finishReason">One of OpenAI's words, or <c>stopped</c>, <c>error</c>.</param>
    /// <param name="usageJson">The usage object, or empty for <see langword="null"/>.</param>
    public static void WriteEnd(IBufferWriter<byte> output, string finishReason, ReadOnlySpan<byte> usageJson)
    {
        using var writer = new Utf8JsonWriter(output, JsonCopy.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "end"u8);
        writer.WriteString("finish_reason"u8, finishReason);
        writer.WritePropertyName("usage"u8);
        writer.WriteRawValue(usageJson.IsEmpty ? "null"u8 : usageJson, skipInputValidation: true);
        writer.WriteEndObject();
    }

    /// <summary>Writes <c>{"type":"error","error":{"message","code","details"}}</c>.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="showProviderWords">Whether <c>details</c> may hold the provider's masked words; on anonymous channels it holds ours only.</param>
    public static void WriteError(IBufferWriter<byte> output, BfError error, bool showProviderWords)
    {
        using var writer = new Utf8JsonWriter(output, JsonCopy.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "error"u8);
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, error.Message);
        writer.WriteNumber("code"u8, error.Status);
        writer.WriteString("details"u8, BfErrorWriter.Details(error, showProviderWords));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Writes <c>{"type":"function_call","content":{"functions":[{"name","userMessage","arguments","id"}]}}</c>.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="calls">The calls of the answer; <c>userMessage</c> is each call's own argument of that name, else null.</param>
    public static void WriteFunctionCall(IBufferWriter<byte> output, IReadOnlyList<ToolCall> calls)
    {
        using var writer = new Utf8JsonWriter(output, JsonCopy.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "function_call"u8);
        writer.WriteStartObject("content"u8);
        writer.WriteStartArray("functions"u8);
        foreach (var call in calls)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, call.Name);
            writer.WriteString("userMessage"u8, UserMessage(call.Arguments));
            writer.WriteString("arguments"u8, call.Arguments);
            writer.WriteString("id"u8, call.Id);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    // The arguments are the model's own text and may be no JSON at all.
    private static string? UserMessage(string arguments)
    {
        try
        {
            using var document = JsonDocument.Parse(arguments);
            return document.RootElement.ValueKind is JsonValueKind.Object
                && document.RootElement.TryGetProperty("userMessage"u8, out var message)
                && message.ValueKind is JsonValueKind.String
                    ? message.GetString()
                    : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
