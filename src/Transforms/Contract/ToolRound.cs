namespace BfProxy.Transforms.Contract;

/// <summary>One round of a conversation with tools: what the model said, and what its calls brought.</summary>
/// <param name="Turn">The model's turn.</param>
/// <param name="Results">Results in any order. Of a call without one the model is told so; one of an unknown call is left out.</param>
public sealed record ToolRound(AnswerTurn Turn, IReadOnlyList<ToolResult> Results);
