namespace BfProxy.Sessions;

/// <summary>An answer that the visitor was told to fetch.</summary>
/// <param name="Starts">How often the model was asked for it: a visitor who leaves and comes back has it begun anew, but not for ever.</param>
/// <param name="Text">The whole answer as the visitor saw it; null while it is not.</param>
/// <param name="Node">The node that asked the model last; others have the answer from there while it comes.</param>
internal sealed record PendingAnswer(int Starts, string? Text, string? Node = null);
