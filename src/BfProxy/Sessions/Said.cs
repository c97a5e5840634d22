namespace BfProxy.Sessions;

/// <summary>One thing that was said in a conversation.</summary>
/// <param name="ByVisitor">Whether the model is to answer it; else it is the model's own.</param>
/// <param name="Text">The words.</param>
internal sealed record Said(bool ByVisitor, string Text);
