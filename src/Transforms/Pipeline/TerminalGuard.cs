using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Transforms.Pipeline;

/// <summary>Passes on everything up to the first <see cref="End"/> or <see cref="Error"/>, and nothing after it.</summary>
internal sealed class TerminalGuard(IStreamSink sink) : IStreamSink
{
    public bool IsClosed { get; private set; }

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        if (!IsClosed)
        {
            sink.Delta(escapedText);
        }
    }

    public void ToolCalls(IReadOnlyList<ToolCall> calls)
    {
        if (!IsClosed)
        {
            sink.ToolCalls(calls);
        }
    }

    public void End(string finishReason, Usage? usage, ReadOnlySpan<byte> usageJson)
    {
        if (!IsClosed)
        {
            IsClosed = true;
            sink.End(finishReason, usage, usageJson);
        }
    }

    public void Error(BfError error)
    {
        if (!IsClosed)
        {
            IsClosed = true;
            sink.Error(error);
        }
    }
}
