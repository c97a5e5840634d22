using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>Stands before a stream's output while its call may still be made again: an error that comes before any content is held back, so that no channel hears of an attempt that another one replaces.</summary>
internal sealed class TentativeOutput(IStreamOutput output) : IStreamOutput
{
    private BfError? _held;
    private bool _isFinal;

    /// <summary>Whether this attempt brought content; earlier rounds do not count.</summary>
    public bool HasContent { get; private set; }

    public bool IsOver => output.IsOver;

    public BfError? Failure => _held ?? output.Failure;

    public CancellationToken Abandoned => output.Abandoned;

    /// <summary>No other attempt will come: the next error goes out, in place of what was held back.</summary>
    public void Release() => _isFinal = true;

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        HasContent = true;
        output.Delta(escapedText);
    }

    public void ToolCalls(IReadOnlyList<ToolCall> calls)
    {
        HasContent = true;
        output.ToolCalls(calls);
    }

    public void End(string finishReason, Usage? usage, ReadOnlySpan<byte> usageJson)
    {
        HasContent = true;
        output.End(finishReason, usage, usageJson);
    }

    public void Error(BfError error)
    {
        if (HasContent || _isFinal)
        {
            _held = null;
            output.Error(error);
        }
        else
        {
            _held = error;
        }
    }

    public void Reads(ResponseReader answer) => output.Reads(answer);

    public void Event(ReadOnlySpan<byte> json) => output.Event(json);

    public void Flush() => output.Flush();

    public void Stopped() => output.Stopped();

    public void Dispose() => output.Dispose();
}
