using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>
/// One turn. A message of the caller that holds tool results and other content at once (Gemini's, Anthropic's) becomes a
/// <see cref="ChatRole.Tool"/> turn and a user turn.
/// </summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Form">Form of <paramref name="Source"/>.</param>
/// <param name="Source">The message as the caller wrote it.</param>
/// <param name="Path">Where it stands.</param>
/// <param name="Parts">Its content in order; tool calls included.</param>
internal sealed record ChatMessage(ChatRole Role, WireForm Form, JsonElement Source, FieldPath Path, IReadOnlyList<ContentPart> Parts)
{
    /// <summary>Whether the source uses OpenAI's deprecated fields or lacks required ones, so that even OpenAI needs it said anew.</summary>
    public bool IsIrregular { get; init; }

    /// <summary>Whether it stands outside the messages of the request and is said anew with each; a conversation that the provider keeps does not remember it.</summary>
    public bool IsInstruction { get; init; }

    /// <summary>The same as one dialect says it word for word; null where the message says all.</summary>
    public OwnTurn? Own { get; init; }
}
