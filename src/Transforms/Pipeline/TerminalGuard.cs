using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Transforms.Pipeline;

/// <summary>Passes on everything up to the first <see cref="End"/> or <see cref="Error"/>, and nothing after it.</summary>
internal sealed class TerminalGuard(IStreamSink sink) : IStreamSink
{
    public bool IsClosed { get; private set; }

    /// <summary>Whether any of the answer came, be it only its end.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>Bytes of text and of calls that went by.</summary>
    public long AnswerBytes { get; private set; }

    /// <summary>What the provider counted at its own end; null before it, and where it counted nothing.</summary>
    public Usage? Reported { get; private set; }

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        if (!IsClosed)
        {
            IsAnswered = true;
            AnswerBytes += escapedText.Length;
            sink.Delta(escapedText);
        }
    }

    public void ToolCalls(IReadOnlyList<ToolCall> calls)
    {
        if (!IsClosed)
        {
            IsAnswered = true;
            AnswerBytes += calls.Sum(static call => call.Name.Length + call.Arguments.Length);
            sink.ToolCalls(calls);
        }
    }

    public void End(string finishReason, Usage? usage, ReadOnlySpan<byte> usageJson)
    {
        if (!IsClosed)
        {
            IsClosed = IsAnswered = true;
            Reported = usage;
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
