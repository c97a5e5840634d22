using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAiResponses;

/// <summary>
/// Writes the body of a Responses request (providers.md 3.1). Of the fields that BfProxy does not know those pass that Responses have; the others, which only
/// Chat Completions take, would be refused.
/// </summary>
internal static class ResponsesRequestWriter
{
    private static readonly string[] Reserved = ["model", "stream"];

    private static readonly FrozenSet<string> Own = new[]
    {
        "metadata", "store", "service_tier", "truncation", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "user", "top_logprobs",
        "max_tool_calls", "previous_response_id", "conversation", "moderation",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What decides where the provider keeps the conversation; not the caller's choice where we keep one.</summary>
    private static readonly string[] Kept = ["conversation", "previous_response_id", "store"];

    /// <summary>Writes the body as UTF-8 JSON; where the result is false, what was written is to be discarded.</summary>
    /// <returns>False where the request cannot be said to OpenAI; <paramref name="error"/> names the field.</returns>
    internal static bool TryWrite(ChatRequest request, string model, ModelTraits traits, bool stream, IBufferWriter<byte> body, out BfError? error) =>
        RequestBody.TryWrite(request, traits, Reserved, body, (writer, fitted, faults) => Write(writer, fitted, model, traits, stream, faults), out error);

    private static void Write(Utf8JsonWriter writer, ChatRequest request, string model, ModelTraits traits, bool stream, FaultSink faults)
    {
        writer.WriteStartObject();
        writer.WriteString("model"u8, model);
        ResponsesInputWriter.Write(writer, request, faults);
        ResponsesToolWriter.Write(writer, request, faults);
        ResponsesParameterWriter.Write(writer, request, traits);
        foreach (var member in request.Payload.EnumerateObject())
        {
            if (Own.Contains(member.Name) && !(request.Conversation is not null && Kept.Contains(member.Name)) && !ModelFit.Drops(traits, request.Parameters, member.Name))
            {
                JsonCopy.Write(writer, member);
            }
        }

        if (request.Conversation is { } conversation)
        {
            writer.WriteString("conversation"u8, conversation);
        }
        else if (FieldReader.Find(request.Payload, "store") is null)
        {
            writer.WriteBoolean("store"u8, value: false);
        }

        if (stream)
        {
            writer.WriteBoolean("stream"u8, value: true);
            writer.WriteStartObject("stream_options"u8);
            writer.WriteBoolean("include_obfuscation"u8, value: false);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
