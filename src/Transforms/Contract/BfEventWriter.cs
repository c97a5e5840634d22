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

    /// <summary>Writes <c>{"type":"end","finish_reason":"…","usage":{…},"usage_source":"reported|partial|estimated"}</c>, or <c>"usage":null</c> without a source.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="finishReason">One of OpenAI's words, or <c>stopped</c>, <c>error</c>.</param>
    /// <param name="usage">What the stream cost, and how that is known; null where nothing can be said.</param>
    /// <param name="usageJson">The provider's own usage object, written as it is, or empty for the counts of <paramref name="usage"/>.</param>
    public static void WriteEnd(IBufferWriter<byte> output, string finishReason, CountedUsage? usage, ReadOnlySpan<byte> usageJson)
    {
        using var writer = new Utf8JsonWriter(output, JsonCopy.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "end"u8);
        writer.WriteString("finish_reason"u8, finishReason);
        writer.WritePropertyName("usage"u8);
        if (usage is { } counted)
        {
            WriteUsage(writer, counted.Usage, usageJson);
            writer.WriteString("usage_source"u8, counted.SourceName);
        }
        else
        {
            writer.WriteNullValue();
        }

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
    public static void WriteFunctionCall(IBufferWriter<byte> output, IReadOnlyList<ToolCall> calls) => WriteFunctionCall(output, calls, "id"u8);

    /// <summary>Writes the same with the call's id under another name: where BfProxy runs the tools, it is <c>toolCallId</c>.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="calls">The calls of one round.</param>
    /// <param name="idName">Name of the member that holds <see cref="ToolCall.Id"/>, UTF-8.</param>
    public static void WriteFunctionCall(IBufferWriter<byte> output, IReadOnlyList<ToolCall> calls, ReadOnlySpan<byte> idName)
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
            writer.WriteString(idName, call.Id);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Writes <c>{"type":"threadInfo","content":{"streamId":"…"}}</c>, the first event of a stream whose tools are run.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="streamId">What the acknowledgment of the request says, too.</param>
    public static void WriteThreadInfo(IBufferWriter<byte> output, string streamId)
    {
        using var writer = new Utf8JsonWriter(output, JsonCopy.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "threadInfo"u8);
        writer.WriteStartObject("content"u8);
        writer.WriteString("streamId"u8, streamId);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Writes <c>{"type":"threadInfo","content":{"assistantThreadId":"…","runId":"…"}}</c>, the first event of a run on a thread.</summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="threadId">The thread.</param>
    /// <param name="runId">The run, the same in all its rounds.</param>
    public static void WriteThreadInfo(IBufferWriter<byte> output, string threadId, string runId)
    {
        using var writer = new Utf8JsonWriter(output, JsonCopy.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "threadInfo"u8);
        writer.WriteStartObject("content"u8);
        writer.WriteString("assistantThreadId"u8, threadId);
        writer.WriteString("runId"u8, runId);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>
    /// Writes <c>{"type":"llmToolCall","action":"llmToolCall","toolName":"…","toolCallId":"…","options":{"functions":[{"name","arguments"}],"toolCallId":"…"}}</c>:
    /// a call that a page is to run and answer.
    /// </summary>
    /// <param name="output">Receives the event.</param>
    /// <param name="toolName">The tool as pages know it.</param>
    /// <param name="toolCallId">What the answer is to name.</param>
    /// <param name="arguments">JSON text of the arguments; shown as text.</param>
    public static void WriteLlmToolCall(IBufferWriter<byte> output, string toolName, string toolCallId, string arguments)
    {
        using var writer = new Utf8JsonWriter(output, JsonCopy.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "llmToolCall"u8);
        writer.WriteString("action"u8, "llmToolCall"u8);
        writer.WriteString("toolName"u8, toolName);
        writer.WriteString("toolCallId"u8, toolCallId);
        writer.WriteStartObject("options"u8);
        writer.WriteStartArray("functions"u8);
        writer.WriteStartObject();
        writer.WriteString("name"u8, toolName);
        writer.WriteString("arguments"u8, arguments);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteString("toolCallId"u8, toolCallId);
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

    private static void WriteUsage(Utf8JsonWriter writer, Usage usage, ReadOnlySpan<byte> usageJson)
    {
        if (usageJson.IsEmpty)
        {
            UsageJson.Write(writer, usage);
        }
        else
        {
            writer.WriteRawValue(usageJson, skipInputValidation: true);
        }
    }
}
