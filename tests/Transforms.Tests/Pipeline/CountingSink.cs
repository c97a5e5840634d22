using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Transforms.Tests.Pipeline;

/// <summary>Counts deltas and keeps nothing, so that what a test measures is not its own.</summary>
internal sealed class CountingSink : IStreamSink
{
    public int Deltas { get; private set; }

    public void Delta(ReadOnlySpan<byte> escapedText) => Deltas++;

    public void ToolCalls(IReadOnlyList<ToolCall> calls)
    {
    }

    public void End(string finishReason, Usage? usage, ReadOnlySpan<byte> usageJson)
    {
    }

    public void Error(BfError error) => throw new InvalidOperationException(error.Message);
}
