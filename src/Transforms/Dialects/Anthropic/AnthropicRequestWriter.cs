using System.Buffers;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>
/// Writes the body of a Messages request (providers.md 5.1). Anthropic refuses fields that it does not know, so nothing passes through unknown;
/// what is missing here can be said in <c>providerArgs</c>.
/// </summary>
internal static class AnthropicRequestWriter
{
    private const int LeastMaxTokens = 4096;

    private static readonly string[] Reserved = ["model", "stream"];

    /// <summary>Writes the body as UTF-8 JSON; where the result is false, what was written is to be discarded.</summary>
    /// <returns>False where the request cannot be said to Anthropic; <paramref name="error"/> names the field.</returns>
    internal static bool TryWrite(ChatRequest request, string model, ModelTraits traits, bool stream, IBufferWriter<byte> body, out BfError? error) =>
        RequestBody.TryWrite(request, traits, Reserved, body, (writer, fitted, faults) => Write(writer, fitted, model, traits, stream, faults), out error);

    private static void Write(Utf8JsonWriter writer, ChatRequest request, string model, ModelTraits traits, bool stream, FaultSink faults)
    {
        writer.WriteStartObject();
        writer.WriteString("model"u8, model);
        WriteMaxTokens(writer, request.Parameters.MaxTokens, traits);
        AnthropicConversation.Write(writer, request, traits, faults);
        AnthropicToolWriter.Write(writer, request, faults);
        AnthropicParameterWriter.Write(writer, request, traits);
        if (stream)
        {
            writer.WriteBoolean("stream"u8, value: true);
        }

        writer.WriteEndObject();
    }

    private static void WriteMaxTokens(Utf8JsonWriter writer, JsonElement? asked, ModelTraits traits)
    {
        if (asked is { } given)
        {
            JsonCopy.Write(writer, "max_tokens"u8, given);
        }
        else
        {
            writer.WriteNumber("max_tokens"u8, traits.MaxTokens ?? LeastMaxTokens);
        }
    }
}
