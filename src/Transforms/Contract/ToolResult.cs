namespace BfProxy.Transforms.Contract;

/// <summary>What a tool answered to a call.</summary>
/// <param name="CallId">The call's id.</param>
/// <param name="Content">For the model: plain text or JSON text.</param>
/// <param name="IsError">Whether the tool failed; some providers tell the model.</param>
public sealed record ToolResult(string CallId, string Content, bool IsError = false);
