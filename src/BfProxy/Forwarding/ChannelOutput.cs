using BfProxy.Channels;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;

namespace BfProxy.Forwarding;

/// <summary>Publishes a stream's events to its channels. Whatever happens, the channels see exactly one <c>end</c>, after an <c>error</c> where the answer broke.</summary>
/// <param name="publisher">Leads to the channels; closed with the stream.</param>
/// <param name="showProviderWords">Whether an error may show what the provider said: not where a stranger may listen.</param>
internal sealed class ChannelOutput(IStreamPublisher publisher, bool showProviderWords) : IStreamOutput
{
    private ResponseReader? _answer;

    public bool HasContent { get; private set; }

    public bool IsOver { get; private set; }

    public BfError? Failure { get; private set; }

    public CancellationToken Abandoned => publisher.Abandoned;

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        HasContent = true;
        publisher.Delta(escapedText);
    }

    public void ToolCalls(IReadOnlyList<ToolCall> calls)
    {
        HasContent = true;
        using var json = new ArrayPoolBufferWriter<byte>();
        BfEventWriter.WriteFunctionCall(json, calls);
        publisher.Event(json.WrittenSpan);
    }

    public void End(string finishReason, Usage? usage, ReadOnlySpan<byte> usageJson)
    {
        HasContent = true;
        Close(finishReason, usageJson);
    }

    public void Error(BfError error)
    {
        Failure = error;
        using var json = new ArrayPoolBufferWriter<byte>();
        BfEventWriter.WriteError(json, error, showProviderWords);
        publisher.Event(json.WrittenSpan);
        Close("error", default);
    }

    public void Reads(ResponseReader answer) => _answer = answer;

    public void Event(ReadOnlySpan<byte> json) => publisher.Event(json);

    public void Flush() => publisher.Flush();

    public void Stopped() => Close("stopped", default);

    public void Dispose()
    {
        if (!IsOver)
        {
            IsOver = true;
            publisher.Close();
        }
    }

    /// <summary>A provider's own account is shown as it is, else what was counted.</summary>
    private void Close(string finishReason, ReadOnlySpan<byte> usageJson)
    {
        using var json = new ArrayPoolBufferWriter<byte>();
        BfEventWriter.WriteEnd(json, finishReason, _answer?.CountedUsage, usageJson);
        // Noted before it is told: who has heard it stops nothing any more.
        IsOver = true;
        publisher.Event(json.WrittenSpan);
        publisher.Close();
    }
}
