using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>What a tool answered.</summary>
internal sealed record ToolResultPart(WireForm Form, JsonElement Source, FieldPath Path) : ContentPart(Form, Source, Path)
{
    /// <summary>Id of the call, where the form has ids.</summary>
    public string? CallId { get; init; }

    /// <summary>Name of the tool, where the form has names.</summary>
    public string? Name { get; init; }

    /// <summary>A string, an array of parts (OpenAI, Anthropic) or an object (Gemini); absent for an empty result.</summary>
    public JsonElement? Content { get; init; }

    /// <summary>Whether the tool failed (Anthropic's <c>is_error</c>).</summary>
    public bool IsError { get; init; }

    /// <summary>The call answered; null for an orphan. Set by <see cref="ToolLinks"/>.</summary>
    public ToolCallPart? Call { get; set; }
}
