using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>
/// Settings of the answer, each the caller's own JSON value of a checked type, null where absent. OpenAI's fields come first,
/// then <c>generationConfig</c>'s of the same meaning.
/// </summary>
internal sealed record ChatParameters
{
    public JsonElement? MaxTokens { get; init; }

    public JsonElement? Temperature { get; init; }

    public JsonElement? TopP { get; init; }

    public JsonElement? TopK { get; init; }

    public JsonElement? Seed { get; init; }

    /// <summary>A string or an array of strings.</summary>
    public JsonElement? Stop { get; init; }

    public JsonElement? Count { get; init; }

    public JsonElement? PresencePenalty { get; init; }

    public JsonElement? FrequencyPenalty { get; init; }

    /// <summary>OpenAI's <c>response_format</c>, an object.</summary>
    public JsonElement? ResponseFormat { get; init; }

    public string? ReasoningEffort { get; init; }

    public bool? ParallelToolCalls { get; init; }

    /// <summary>Gemini's <c>generationConfig</c>, an object.</summary>
    public JsonElement? GenerationConfig { get; init; }
}
