using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>Waits for the end of a stream that is buffered into one response; the text itself is kept by the dialect's reader.</summary>
internal sealed class CompletionOutput : IStreamOutput
{
    public bool HasContent { get; private set; }

    public bool IsOver { get; private set; }

    public BfError? Failure { get; private set; }

    public CancellationToken Abandoned => CancellationToken.None;

    public void Delta(ReadOnlySpan<byte> escapedText) => HasContent = true;

    public void ToolCalls(IReadOnlyList<ToolCall> calls) => HasContent = true;

    public void End(string finishReason, Usage? usage, ReadOnlySpan<byte> usageJson)
    {
        HasContent = true;
        IsOver = true;
    }

    public void Error(BfError error) => (Failure, IsOver) = (error, true);

    public void Reads(ResponseReader answer)
    {
        // What it cost stands in the provider's own words.
    }

    public void Event(ReadOnlySpan<byte> json)
    {
        // Only channels have events.
    }

    public void Flush()
    {
        // The caller gets everything at the end.
    }

    public void Stopped() => Error(StreamErrors.StoppedBeforeEnd());

    public void Dispose()
    {
        // Nothing is held.
    }
}
