using System.Buffers;
using BfProxy.Forwarding;
using BfProxy.Tools;
using BfProxy.Transforms.Contract;

namespace BfProxy.Assistants;

/// <summary>Remembers on its way to the caller what the model says in the round that is under way, and how the run ends.</summary>
internal sealed class RunOutput(IStreamOutput output) : IStreamOutput
{
    private readonly ArrayBufferWriter<byte> _text = new();

    /// <summary>The text of the last round as far as it came, as the inside of a JSON string.</summary>
    public ReadOnlySpan<byte> Text => _text.WrittenSpan;

    /// <summary>How the run ended, in a word of <see cref="RunStatus"/>.</summary>
    public string Status { get; private set; } = RunStatus.Failed;

    public bool HasContent => output.HasContent;

    public bool IsOver => output.IsOver;

    public CancellationToken Abandoned => output.Abandoned;

    public BfError? Failure => output.Failure;

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        _text.Write(escapedText);
        output.Delta(escapedText);
    }

    public void ToolCalls(IReadOnlyList<ToolCall> calls) => output.ToolCalls(calls);

    public void End(string finishReason, Usage? usage, ReadOnlySpan<byte> usageJson)
    {
        Status = RunStatus.Completed;
        output.End(finishReason, usage, usageJson);
    }

    public void Error(BfError error) => output.Error(error);

    public void Reads(ResponseReader answer)
    {
        _text.ResetWrittenCount();
        output.Reads(answer);
    }

    public void Event(ReadOnlySpan<byte> json) => output.Event(json);

    public void Flush() => output.Flush();

    public void Stopped()
    {
        Status = RunStatus.Cancelled;
        output.Stopped();
    }

    public void Dispose() => output.Dispose();
}
