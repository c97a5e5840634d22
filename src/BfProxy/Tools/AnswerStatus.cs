namespace BfProxy.Tools;

/// <summary>What became of an answer to a tool call.</summary>
internal enum AnswerStatus : byte
{
    /// <summary>No such call, or not of this app.</summary>
    NotFound,

    /// <summary>It goes to the model.</summary>
    Accepted,

    /// <summary>Another answer came first, or the call's time is over.</summary>
    AlreadyAnswered,
}
