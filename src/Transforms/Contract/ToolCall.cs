namespace BfProxy.Transforms.Contract;

/// <summary>One complete call of a tool by the model.</summary>
/// <param name="Id">The provider's id, or one that the dialect made where the provider sends none.</param>
/// <param name="Name">The tool's name as offered.</param>
/// <param name="Arguments">JSON text of the arguments; <c>{}</c> for a call without any. It is the model's own text and may be no valid JSON.</param>
/// <param name="ThoughtSignature">Gemini's signature that must be sent back with the call, else <see langword="null"/>.</param>
public sealed record ToolCall(string Id, string Name, string Arguments, string? ThoughtSignature = null);
