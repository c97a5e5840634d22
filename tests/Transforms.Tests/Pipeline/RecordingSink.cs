using System.Text;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Transforms.Tests.Pipeline;

/// <summary>Writes down, in order, all that a sink was told.</summary>
internal sealed class RecordingSink : IStreamSink
{
    public List<string> Calls { get; } = [];

    public BfError? LastError { get; private set; }

    public void Delta(ReadOnlySpan<byte> escapedText) => Calls.Add($"delta {Encoding.UTF8.GetString(escapedText)}");

    public void ToolCalls(IReadOnlyList<ToolCall> calls) => Calls.Add($"tools {calls.Count}");

    public void End(string finishReason, Usage? usage, ReadOnlySpan<byte> usageJson) => Calls.Add($"end {finishReason}");

    public void Error(BfError error)
    {
        Calls.Add($"error {error.Status} {error.Kind}");
        LastError = error;
    }
}
