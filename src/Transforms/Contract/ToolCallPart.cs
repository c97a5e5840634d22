using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>A call that the model made earlier.</summary>
internal sealed record ToolCallPart(WireForm Form, JsonElement Source, FieldPath Path, string Name) : ContentPart(Form, Source, Path)
{
    /// <summary>The caller's id, else null.</summary>
    public string? Id { get; init; }

    /// <summary>An object, or a string that holds one (OpenAI); absent for a call without arguments.</summary>
    public JsonElement? Arguments { get; init; }

    /// <summary>Gemini's signature, a JSON string.</summary>
    public JsonElement? ThoughtSignature { get; init; }

    /// <summary>The caller's id, or one made for a call without; set by <see cref="ToolLinks"/>.</summary>
    public string LinkId { get; set; } = string.Empty;

    /// <summary>What the tool answered; null where the history has no answer. Set by <see cref="ToolLinks"/>.</summary>
    public ToolResultPart? Result { get; set; }
}
