namespace BfProxy.Sessions;

/// <summary>What comes after the bubbles of a step.</summary>
internal enum StepEnd
{
    /// <summary>The visitor speaks.</summary>
    Input,

    /// <summary>The model answers.</summary>
    Answer,

    /// <summary>Nothing: the conversation is over.</summary>
    Over,
}
