using BfProxy.Transforms.Contract;

namespace BfProxy.Sessions;

/// <summary>How an answer ended.</summary>
/// <param name="FinishReason">The provider's word, or <c>error</c>.</param>
/// <param name="Error">What went wrong; the text then closes with words of ours.</param>
/// <param name="Cost">What it cost, as far as is known.</param>
/// <param name="UsageJson">The provider's own account of it, where it gave one.</param>
internal sealed record AnswerEnd(string FinishReason, BfError? Error = null, CountedUsage? Cost = null, byte[]? UsageJson = null)
{
    /// <summary>How another node has told it, as server-sent events; null where it ended here.</summary>
    public byte[]? Events { get; init; }

    /// <summary>The end of an answer that is shown again.</summary>
    public static readonly AnswerEnd Replayed = new("stop");
}
