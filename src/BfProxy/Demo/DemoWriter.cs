using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BfProxy.Demo;

/// <summary>Writes one answer in OpenAI's wire format: the frames of a stream, or the whole object.</summary>
internal sealed class DemoWriter(DemoRequest request, IReadOnlyList<DemoCall> calls, int completionTokens, string finishReason, DateTimeOffset now)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _id = "chatcmpl-demo" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..20];

    public static ReadOnlyMemory<byte> Error(DemoFault fault) => Write(json => WriteError(json, fault), frame: false);

    public static ReadOnlyMemory<byte> ErrorFrame(DemoFault fault) => Write(json => WriteError(json, fault), frame: true);

    public ReadOnlyMemory<byte> Role() => Chunk(delta =>
    {
        delta.WriteString("role"u8, "assistant"u8);
        delta.WriteString("content"u8, ""u8);
        delta.WriteNull("refusal"u8);
    });

    public ReadOnlyMemory<byte> Delta(string text) => Chunk(delta => delta.WriteString("content"u8, text));

    /// <summary>The calls as a model streams them: each begins with its name, then come its arguments.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Calls() => calls.SelectMany((call, index) => new[]
    {
        Chunk(delta => WriteCall(delta, index, call, arguments: "", isFirst: true)),
        Chunk(delta => WriteCall(delta, index, call, call.Arguments, isFirst: false)),
    });

    public ReadOnlyMemory<byte> Finish() => Chunk(_ => { }, finishReason);

    public ReadOnlyMemory<byte> Usage() => Write(
        json =>
        {
            WriteHead(json, "chat.completion.chunk");
            json.WriteStartArray("choices"u8);
            json.WriteEndArray();
            WriteUsage(json);
        },
        frame: true);

    public ReadOnlyMemory<byte> Completion(string text) => Write(
        json =>
        {
            WriteHead(json, "chat.completion");
            json.WriteStartArray("choices"u8);
            json.WriteStartObject();
            json.WriteNumber("index"u8, 0);
            json.WriteStartObject("message"u8);
            json.WriteString("role"u8, "assistant"u8);
            json.WriteString("content"u8, text);
            json.WriteNull("refusal"u8);
            json.WriteStartArray("annotations"u8);
            json.WriteEndArray();
            WriteCalls(json);
            json.WriteEndObject();
            json.WriteNull("logprobs"u8);
            json.WriteString("finish_reason"u8, finishReason);
            json.WriteEndObject();
            json.WriteEndArray();
            WriteUsage(json);
        },
        frame: false);

    private void WriteCalls(Utf8JsonWriter message)
    {
        if (calls.Count == 0)
        {
            return;
        }

        message.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            message.WriteStartObject();
            WriteCall(message, call, call.Arguments);
            message.WriteEndObject();
        }

        message.WriteEndArray();
    }

    private static void WriteCall(Utf8JsonWriter delta, int index, DemoCall call, string arguments, bool isFirst)
    {
        delta.WriteStartArray("tool_calls"u8);
        delta.WriteStartObject();
        delta.WriteNumber("index"u8, index);
        if (isFirst)
        {
            WriteCall(delta, call, arguments);
        }
        else
        {
            delta.WriteStartObject("function"u8);
            delta.WriteString("arguments"u8, arguments);
            delta.WriteEndObject();
        }

        delta.WriteEndObject();
        delta.WriteEndArray();
    }

    private static void WriteCall(Utf8JsonWriter json, DemoCall call, string arguments)
    {
        json.WriteString("id"u8, call.Id);
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, call.Name);
        json.WriteString("arguments"u8, arguments);
        json.WriteEndObject();
    }

    private ReadOnlyMemory<byte> Chunk(Action<Utf8JsonWriter> writeDelta, string? finish = null) => Write(
        json =>
        {
            WriteHead(json, "chat.completion.chunk");
            json.WriteStartArray("choices"u8);
            json.WriteStartObject();
            json.WriteNumber("index"u8, 0);
            json.WriteStartObject("delta"u8);
            writeDelta(json);
            json.WriteEndObject();
            json.WriteNull("logprobs"u8);
            json.WriteString("finish_reason"u8, finish);
            json.WriteEndObject();
            json.WriteEndArray();
            if (request.IncludeUsage)
            {
                json.WriteNull("usage"u8);
            }
        },
        frame: true);

    private void WriteHead(Utf8JsonWriter json, string kind)
    {
        json.WriteString("id"u8, _id);
        json.WriteString("object"u8, kind);
        json.WriteNumber("created"u8, now.ToUnixTimeSeconds());
        json.WriteString("model"u8, request.Model.Name);
        json.WriteString("service_tier"u8, "default"u8);
        json.WriteString("system_fingerprint"u8, "fp_demo"u8);
    }

    private void WriteUsage(Utf8JsonWriter json)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, request.PromptTokens);
        json.WriteNumber("completion_tokens"u8, completionTokens);
        json.WriteNumber("total_tokens"u8, request.PromptTokens + completionTokens);
        json.WriteStartObject("prompt_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, 0);
        json.WriteNumber("audio_tokens"u8, 0);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, 0);
        json.WriteNumber("audio_tokens"u8, 0);
        json.WriteNumber("accepted_prediction_tokens"u8, 0);
        json.WriteNumber("rejected_prediction_tokens"u8, 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, DemoFault fault)
    {
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, fault.Message);
        json.WriteString("type"u8, fault.Type);
        json.WriteString("param"u8, fault.Param);
        json.WriteString("code"u8, fault.Code);
        json.WriteEndObject();
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> writeMembers, bool frame)
    {
        var output = new ArrayBufferWriter<byte>();
        if (frame)
        {
            output.Write("data: "u8);
        }

        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            writeMembers(json);
            json.WriteEndObject();
        }

        if (frame)
        {
            output.Write("\n\n"u8);
        }

        return output.WrittenMemory;
    }
}
