using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>Writes the body of a Chat Completions request. Fields that BfProxy does not know pass through token by token.</summary>
internal static class OpenAiRequestWriter
{
    private static readonly string[] Reserved = ["model", "stream"];

    // BfProxy's own fields, those written below in today's form, and other providers' own, which OpenAI refuses by name.
    private static readonly FrozenSet<string> Handled = new[]
    {
        "provider", "apiKey", "service", "stream", "model", "messages", "generationConfig", "generation_config", "functions", "function_call",
        "tools", "tool_choice", "toolChoice", "toolConfig", "tool_config", "max_tokens", "max_completion_tokens", "system", "systemInstruction",
        "system_instruction", "instructions", "providerArgs", "thread_id", "assistant_id", "stream_options", "temperature", "top_p", "top_k",
        "seed", "stop", "n", "presence_penalty", "frequency_penalty", "response_format", "reasoning_effort", "parallel_tool_calls",
        "safetySettings", "safety_settings", "cachedContent", "cached_content",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Writes the body as UTF-8 JSON; where the result is false, what was written is to be discarded.</summary>
    /// <returns>False where the request cannot be said to OpenAI; <paramref name="error"/> names the field.</returns>
    internal static bool TryWrite(ChatRequest request, string model, ModelTraits traits, bool stream, IBufferWriter<byte> body, out BfError? error) =>
        RequestBody.TryWrite(request, traits, Reserved, body, (writer, fitted, faults) => Write(writer, fitted, model, traits, stream, faults), out error);

    private static void Write(Utf8JsonWriter writer, ChatRequest request, string model, ModelTraits traits, bool stream, FaultSink faults)
    {
        writer.WriteStartObject();
        writer.WriteString("model"u8, model);
        OpenAiMessageWriter.Write(writer, request, traits, faults);
        OpenAiToolWriter.Write(writer, request, faults);
        OpenAiParameterWriter.Write(writer, request, traits);
        WriteStream(writer, request.Payload, stream);
        foreach (var member in request.Payload.EnumerateObject())
        {
            if (!Handled.Contains(member.Name) && !ModelFit.Drops(traits, request.Parameters, member.Name))
            {
                JsonCopy.Write(writer, member);
            }
        }

        writer.WriteEndObject();
    }

    // Usage is asked for because the end event carries it; padding against traffic analysis is useless behind our own connection.
    private static void WriteStream(Utf8JsonWriter writer, JsonElement payload, bool stream)
    {
        if (!stream)
        {
            return;
        }

        writer.WriteBoolean("stream"u8, value: true);
        writer.WriteStartObject("stream_options"u8);
        writer.WriteBoolean("include_usage"u8, value: true);
        var options = FieldReader.Find(payload, "stream_options") is { ValueKind: JsonValueKind.Object } given ? given : default(JsonElement?);
        if (options is null || !options.Value.TryGetProperty("include_obfuscation"u8, out _))
        {
            writer.WriteBoolean("include_obfuscation"u8, value: false);
        }

        foreach (var member in options?.EnumerateObject() ?? default)
        {
            if (!member.NameEquals("include_usage"u8))
            {
                JsonCopy.Write(writer, member);
            }
        }

        writer.WriteEndObject();
    }
}
