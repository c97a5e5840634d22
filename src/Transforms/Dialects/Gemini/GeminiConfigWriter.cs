using System.Collections.Frozen;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>Writes <c>generationConfig</c>: OpenAI's settings under Gemini's names, then what else the caller's own config holds and Gemini knows.</summary>
internal static class GeminiConfigWriter
{
    private static readonly ChatParameters Nothing = new();

    // Known fields that no OpenAI setting covers, in both spellings of proto3 JSON.
    private static readonly FrozenDictionary<string, string> Own = Spellings(
        "presencePenalty", "frequencyPenalty", "responseLogprobs", "logprobs", "enableEnhancedCivicAnswers", "responseModalities", "speechConfig",
        "mediaResolution", "imageConfig", "routingConfig", "audioTimestamp");

    private static readonly FrozenDictionary<string, string> Format = Spellings(
        "responseMimeType", "responseSchema", "responseJsonSchema", "responseFormat");

    public static void Write(Utf8JsonWriter writer, ChatRequest request, ModelTraits traits, FaultSink faults)
    {
        var parameters = request.Parameters;
        if (parameters with { ParallelToolCalls = null } == Nothing)
        {
            return;
        }

        writer.WriteStartObject("generationConfig"u8);
        WriteValue(writer, "temperature"u8, parameters.Temperature);
        WriteValue(writer, "topP"u8, parameters.TopP);
        WriteValue(writer, "topK"u8, parameters.TopK);
        WriteValue(writer, "maxOutputTokens"u8, parameters.MaxTokens);
        WriteValue(writer, "candidateCount"u8, parameters.Count);
        WriteSeed(writer, parameters.Seed, faults);
        WriteStop(writer, parameters.Stop);
        GeminiThinkingWriter.Write(writer, parameters, traits);
        if (parameters.ResponseFormat is { } format)
        {
            WriteFormat(writer, format);
        }

        WriteOwn(writer, parameters);
        writer.WriteEndObject();
    }

    private static FrozenDictionary<string, string> Spellings(params string[] names) => names
        .SelectMany(static name => new[] { (name, name), (JsonNamingPolicy.SnakeCaseLower.ConvertName(name), name) })
        .DistinctBy(static pair => pair.Item1, StringComparer.Ordinal)
        .ToFrozenDictionary(static pair => pair.Item1, static pair => pair.Item2, StringComparer.Ordinal);

    private static void WriteOwn(Utf8JsonWriter writer, ChatParameters parameters)
    {
        foreach (var member in parameters.GenerationConfig?.EnumerateObject() ?? default)
        {
            var isKnown = Own.TryGetValue(member.Name, out var name)
                || (parameters.ResponseFormat is null && Format.TryGetValue(member.Name, out name));
            if (isKnown && member.Value.ValueKind is not JsonValueKind.Null)
            {
                writer.WritePropertyName(name!);
                JsonCopy.Write(writer, member.Value);
            }
        }
    }

    private static void WriteSeed(Utf8JsonWriter writer, JsonElement? seed, FaultSink faults)
    {
        if (seed is { } given && !given.TryGetInt32(out _))
        {
            faults.Fail(FieldPath.Payload.Member("seed"), "Gemini takes a whole number of 32 bits.");
            return;
        }

        WriteValue(writer, "seed"u8, seed);
    }

    private static void WriteStop(Utf8JsonWriter writer, JsonElement? stop)
    {
        if (stop is { ValueKind: JsonValueKind.String } single)
        {
            writer.WriteStartArray("stopSequences"u8);
            JsonCopy.Write(writer, single);
            writer.WriteEndArray();
        }
        else
        {
            WriteValue(writer, "stopSequences"u8, stop);
        }
    }

    private static void WriteFormat(Utf8JsonWriter writer, JsonElement format)
    {
        var type = FieldReader.Find(format, "type") is { ValueKind: JsonValueKind.String } word ? word.GetString() : null;
        if (type is not ("json_object" or "json_schema"))
        {
            return;
        }

        writer.WriteString("responseMimeType"u8, "application/json"u8);
        if (type == "json_schema" && FieldReader.Find(format, "json_schema") is { ValueKind: JsonValueKind.Object } named
            && FieldReader.Find(named, "schema") is { } schema)
        {
            JsonCopy.Write(writer, "responseJsonSchema"u8, schema);
        }
    }

    private static void WriteValue(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement? value)
    {
        if (value is { } given)
        {
            JsonCopy.Write(writer, name, given);
        }
    }
}
