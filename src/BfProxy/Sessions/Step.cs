namespace BfProxy.Sessions;

/// <summary>One step of a conversation.</summary>
/// <param name="Session">The conversation after it.</param>
/// <param name="Bubbles">What the bot says at once.</param>
/// <param name="End">What comes then.</param>
internal sealed record Step(ChatSession Session, IReadOnlyList<string> Bubbles, StepEnd End);
