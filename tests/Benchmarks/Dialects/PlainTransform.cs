using System.Buffers;
using System.Net.ServerSentEvents;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BfProxy.Benchmarks.Dialects;

/// <summary>The baseline: the same frames made with the framework's parser, document and writer, as one would write it at first.</summary>
internal static class PlainTransform
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Run(ReadOnlyMemory<byte>[] reads, Func<JsonElement, string?> text, FrameTally tally)
    {
        using var pull = new ReadsStream(reads);
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, s_options);
        var count = 0;
        foreach (var item in SseParser.Create(pull, (_, data) => Text(data, text)).Enumerate())
        {
            if (!string.IsNullOrEmpty(item.Data))
            {
                buffer.ResetWrittenCount();
                writer.Reset();
                Write(writer, ++count, item.Data);
                writer.Flush();
                tally.Add(buffer.WrittenSpan);
            }
        }
    }

    public static string? OpenAiText(JsonElement chunk) =>
        chunk.GetProperty("choices") is var choices && choices.GetArrayLength() > 0
            && choices[0].GetProperty("delta").TryGetProperty("content", out var content)
            ? content.GetString()
            : null;

    public static string? GeminiText(JsonElement chunk) =>
        chunk.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0].GetProperty("text").GetString();

    public static string? AnthropicText(JsonElement message) =>
        message.GetProperty("type").GetString() == "content_block_delta" && message.GetProperty("delta").TryGetProperty("text", out var text) ? text.GetString() : null;

    public static string? ResponsesText(JsonElement message) =>
        message.GetProperty("type").GetString() == "response.output_text.delta" ? message.GetProperty("delta").GetString() : null;

    private static string? Text(ReadOnlySpan<byte> data, Func<JsonElement, string?> text)
    {
        if (data.SequenceEqual("[DONE]"u8))
        {
            return null;
        }

        var reader = new Utf8JsonReader(data);
        using var document = JsonDocument.ParseValue(ref reader);
        return text(document.RootElement);
    }

    private static void Write(Utf8JsonWriter writer, int count, string content)
    {
        writer.WriteStartObject();
        writer.WriteString("channel"u8, "anonymous"u8);
        writer.WriteNumber("offset"u8, count);
        writer.WriteString("actionName"u8, "assistantReceiveResultsStream"u8);
        writer.WriteString("streamId"u8, "k3f9x0c2m7"u8);
        writer.WriteNumber("seq"u8, count);
        writer.WriteStartObject("event"u8);
        writer.WriteString("type"u8, "delta"u8);
        writer.WriteString("content"u8, content);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
