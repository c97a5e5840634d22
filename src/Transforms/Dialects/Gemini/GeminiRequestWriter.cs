using System.Buffers;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>
/// Writes the body of a <c>generateContent</c> request. Gemini refuses any field that it does not know, so nothing passes through unknown;
/// what is missing here can be said in <c>providerArgs</c>.
/// </summary>
internal static class GeminiRequestWriter
{
    /// <summary>Writes the body as UTF-8 JSON; where the result is false, what was written is to be discarded.</summary>
    /// <returns>False where the request cannot be said to Gemini; <paramref name="error"/> names the field.</returns>
    /// <remarks>Model and streaming stand in the address, not in the body.</remarks>
    internal static bool TryWrite(ChatRequest request, ModelTraits traits, IBufferWriter<byte> body, out BfError? error) =>
        RequestBody.TryWrite(request, traits, [], body, (writer, fitted, faults) => Write(writer, fitted, traits, faults), out error);

    private static void Write(Utf8JsonWriter writer, ChatRequest request, ModelTraits traits, FaultSink faults)
    {
        writer.WriteStartObject();
        GeminiContentWriter.Write(writer, request.Messages, traits, faults);
        GeminiToolWriter.Write(writer, request, faults);
        GeminiConfigWriter.Write(writer, request, traits, faults);
        WriteOwn(writer, "safetySettings"u8, request.Payload, "safetySettings", "safety_settings");
        WriteOwn(writer, "cachedContent"u8, request.Payload, "cachedContent", "cached_content");
        writer.WriteEndObject();
    }

    private static void WriteOwn(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement payload, string camelCase, string snakeCase)
    {
        if ((FieldReader.Find(payload, camelCase) ?? FieldReader.Find(payload, snakeCase)) is { } value)
        {
            JsonCopy.Write(writer, name, value);
        }
    }
}
