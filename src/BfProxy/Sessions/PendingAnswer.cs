namespace BfProxy.Sessions;

/// <summary>An answer that the visitor was told to fetch.</summary>
/// <param name="Starts">How often the model was asked for it: a visitor who leaves and comes back has it begun anew, but not for ever.</param>
/// <param name="Text">The whole answer as the visitor saw it; null while it is not.</param>
internal sealed record PendingAnswer(int Starts, string? Text);
