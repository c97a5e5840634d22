using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Reads the settings of the answer. OpenAI's field wins over <c>generationConfig</c>'s of the same meaning.</summary>
internal sealed class ParameterReader
{
    private static readonly FieldPath ConfigPath = FieldPath.Payload.Member("generationConfig");

    private readonly JsonElement _payload;
    private readonly JsonElement? _config;
    private readonly FaultSink _faults;

    private ParameterReader(JsonElement payload, FaultSink faults)
    {
        _payload = payload;
        _faults = faults;
        _config = FieldReader.Read(payload, FieldPath.Payload, "generationConfig", JsonValueKind.Object, "an object", faults)
            ?? FieldReader.Read(payload, FieldPath.Payload, "generation_config", JsonValueKind.Object, "an object", faults);
    }

    public static ChatParameters Read(JsonElement payload, FaultSink faults) => new ParameterReader(payload, faults).Read();

    private ChatParameters Read() => new()
    {
        MaxTokens = Number(["max_completion_tokens", "max_tokens"], ["maxOutputTokens", "max_output_tokens"]),
        Temperature = Number(["temperature"], ["temperature"]),
        TopP = Number(["top_p"], ["topP", "top_p"]),
        TopK = Number(["top_k"], ["topK", "top_k"]),
        Seed = Number(["seed"], ["seed"]),
        Count = Number(["n"], ["candidateCount", "candidate_count"]),
        PresencePenalty = Number(["presence_penalty"], ["presencePenalty", "presence_penalty"]),
        FrequencyPenalty = Number(["frequency_penalty"], ["frequencyPenalty", "frequency_penalty"]),
        Stop = ReadStop(),
        ResponseFormat = FieldReader.Read(_payload, FieldPath.Payload, "response_format", JsonValueKind.Object, "an object", _faults),
        ReasoningEffort = FieldReader.ReadString(_payload, FieldPath.Payload, "reasoning_effort", _faults),
        ParallelToolCalls = FieldReader.ReadFlag(_payload, FieldPath.Payload, "parallel_tool_calls", _faults),
        GenerationConfig = _config,
    };

    private JsonElement? Number(ReadOnlySpan<string> names, ReadOnlySpan<string> configNames) =>
        Checked(names, configNames, "a number", static value => value.ValueKind is JsonValueKind.Number);

    private JsonElement? ReadStop() => Checked(
        ["stop"], ["stopSequences", "stop_sequences"], "a string or an array of strings",
        static value => value.ValueKind is JsonValueKind.String
            || (value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(static item => item.ValueKind is JsonValueKind.String)));

    private JsonElement? Checked(ReadOnlySpan<string> names, ReadOnlySpan<string> configNames, string expected, Predicate<JsonElement> isValid)
    {
        var value = FieldReader.FindAny(_payload, FieldPath.Payload, names, out var path);
        if (value is null && _config is { } config)
        {
            value = FieldReader.FindAny(config, ConfigPath, configNames, out path);
        }

        if (value is { } found && !isValid(found))
        {
            _faults.Expected(path, expected, found);
        }

        return value;
    }
}
