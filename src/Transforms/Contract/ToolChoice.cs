using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Which tools the model may or must call.</summary>
/// <param name="Mode">How free it is.</param>
/// <param name="Names">The functions that it is narrowed to; empty for all.</param>
/// <param name="Source">The choice as the caller wrote it.</param>
/// <param name="Path">Where it stands.</param>
internal sealed record ToolChoice(ToolChoiceMode Mode, IReadOnlyList<string> Names, JsonElement Source, FieldPath Path)
{
    /// <summary>Anthropic's <c>disable_parallel_tool_use</c>.</summary>
    public bool IsSerial { get; init; }
}
