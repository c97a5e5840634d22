using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>The answer in the shape of OpenAI's <c>chat.completion</c> (providers.md 6.4).</summary>
internal sealed class GeminiCompletion(DateTimeOffset created)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // The opening quote of the content's string, then its inside, escaped as Gemini wrote it.
    private readonly ArrayBufferWriter<byte> _content = new();
    private byte[] _id = [];
    private byte[] _model = [];

    /// <summary>Takes the insides of both strings; empty ones say nothing.</summary>
    public void Identify(ReadOnlySpan<byte> responseId, ReadOnlySpan<byte> modelVersion)
    {
        Keep(responseId, ref _id);
        Keep(modelVersion, ref _model);
    }

    public void AppendContent(ReadOnlySpan<byte> inside)
    {
        if (_content.WrittenCount == 0)
        {
            _content.Write("\""u8);
        }

        _content.Write(inside);
    }

    public void Write(IBufferWriter<byte> output, IReadOnlyList<ToolCall> calls, string finish, ReadOnlySpan<byte> usageJson)
    {
        using var writer = new Utf8JsonWriter(output, Options);
        writer.WriteStartObject();
        writer.WriteString("id"u8, _id.Length == 0 ? MadeIds.New(MadeIds.CompletionPrefix) : MadeIds.CompletionPrefix + StringBody.Unescape(_id));
        writer.WriteString("object"u8, "chat.completion"u8);
        writer.WriteNumber("created"u8, created.ToUnixTimeSeconds());
        writer.WriteString("model"u8, StringBody.Unescape(_model));
        writer.WriteStartArray("choices"u8);
        WriteChoice(writer, calls, finish);
        writer.WriteEndArray();
        if (!usageJson.IsEmpty)
        {
            writer.WritePropertyName("usage"u8);
            writer.WriteRawValue(usageJson, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    private static void Keep(ReadOnlySpan<byte> text, ref byte[] kept)
    {
        if (!text.IsEmpty && !text.SequenceEqual(kept))
        {
            kept = text.ToArray();
        }
    }

    private void WriteChoice(Utf8JsonWriter writer, IReadOnlyList<ToolCall> calls, string finish)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, 0);
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WritePropertyName("content"u8);
        WriteContent(writer, calls.Count > 0);
        writer.WriteNull("refusal"u8);
        writer.WriteStartArray("annotations"u8);
        writer.WriteEndArray();
        WriteCalls(writer, calls);
        writer.WriteEndObject();
        writer.WriteNull("logprobs"u8);
        writer.WriteString("finish_reason"u8, finish);
        writer.WriteEndObject();
    }

    private void WriteContent(Utf8JsonWriter writer, bool hasCalls)
    {
        if (_content.WrittenCount == 0 && hasCalls)
        {
            writer.WriteNullValue();
            return;
        }

        AppendContent(default);
        var length = _content.WrittenCount;
        _content.GetSpan(1)[0] = (byte)'"';
        _content.Advance(1);
        writer.WriteRawValue(_content.WrittenSpan[..(length + 1)], skipInputValidation: true);
    }

    private static void WriteCalls(Utf8JsonWriter writer, IReadOnlyList<ToolCall> calls)
    {
        if (calls.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            WriteCall(writer, call);
        }

        writer.WriteEndArray();
    }

    private static void WriteCall(Utf8JsonWriter writer, ToolCall call)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, call.Id);
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, call.Name);
        writer.WriteString("arguments"u8, call.Arguments);
        writer.WriteEndObject();
        if (call.ThoughtSignature is not null)
        {
            writer.WriteStartObject("extra_content"u8);
            writer.WriteStartObject("google"u8);
            writer.WriteString("thought_signature"u8, call.ThoughtSignature);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
