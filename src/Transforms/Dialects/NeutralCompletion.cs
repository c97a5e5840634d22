using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>
/// An answer in the shape of OpenAI's <c>chat.completion</c>, for providers that answer in a shape of their own (providers.md 6.4).
/// </summary>
/// <param name="created">When the answer was made, where the provider does not say.</param>
internal sealed class NeutralCompletion(DateTimeOffset created)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly GrowingString _content = new();
    private readonly GrowingString _refusal = new();
    private byte[] _id = [];
    private byte[] _model = [];

    /// <summary>Seconds since 1970; the provider's own date where it gives one.</summary>
    public long Created { get; set; } = created.ToUnixTimeSeconds();

    /// <summary>Whether the first call is named <c>function_call</c>.</summary>
    public bool UsesFunctions { get; set; }

    /// <summary>Takes the insides of both strings; empty ones say nothing.</summary>
    public void Identify(ReadOnlySpan<byte> responseId, ReadOnlySpan<byte> modelVersion)
    {
        Keep(responseId, ref _id);
        Keep(modelVersion, ref _model);
    }

    public void AppendContent(ReadOnlySpan<byte> inside) => _content.Append(inside);

    /// <summary>Adds words by which the model refuses; they stand apart from the content.</summary>
    public void AppendRefusal(ReadOnlySpan<byte> inside) => _refusal.Append(inside);

    public void Write(IBufferWriter<byte> output, IReadOnlyList<ToolCall> calls, string finish, ReadOnlySpan<byte> usageJson)
    {
        using var writer = new Utf8JsonWriter(output, Options);
        writer.WriteStartObject();
        writer.WriteString("id"u8, _id.Length == 0 ? MadeIds.New(MadeIds.CompletionPrefix) : MadeIds.CompletionPrefix + StringBody.Unescape(_id));
        writer.WriteString("object"u8, "chat.completion"u8);
        writer.WriteNumber("created"u8, Created);
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
        WriteContent(writer, calls.Count > 0 || !_refusal.IsEmpty);
        WriteRefusal(writer);
        writer.WriteStartArray("annotations"u8);
        writer.WriteEndArray();
        WriteCalls(writer, calls);
        writer.WriteEndObject();
        writer.WriteNull("logprobs"u8);
        writer.WriteString("finish_reason"u8, UsesFunctions && calls.Count > 0 ? "function_call" : finish);
        writer.WriteEndObject();
    }

    private void WriteContent(Utf8JsonWriter writer, bool hasOther)
    {
        if (_content.IsEmpty && hasOther)
        {
            writer.WriteNullValue();
            return;
        }

        _content.Write(writer);
    }

    private void WriteRefusal(Utf8JsonWriter writer)
    {
        writer.WritePropertyName("refusal"u8);
        if (_refusal.IsEmpty)
        {
            writer.WriteNullValue();
            return;
        }

        _refusal.Write(writer);
    }

    private void WriteCalls(Utf8JsonWriter writer, IReadOnlyList<ToolCall> calls)
    {
        if (UsesFunctions && calls.Count > 0)
        {
            WriteFunction(writer, "function_call"u8, calls[0]);
        }

        if (calls.Count <= (UsesFunctions ? 1 : 0))
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

    private static void WriteFunction(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ToolCall call)
    {
        writer.WriteStartObject(name);
        writer.WriteString("name"u8, call.Name);
        writer.WriteString("arguments"u8, call.Arguments);
        writer.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter writer, ToolCall call)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, call.Id);
        writer.WriteString("type"u8, "function"u8);
        WriteFunction(writer, "function"u8, call);
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
