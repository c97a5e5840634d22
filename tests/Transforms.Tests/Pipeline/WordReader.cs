using System.Buffers;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Framing;

namespace BfProxy.Transforms.Tests.Pipeline;

/// <summary>
/// A dialect of a few words: <c>+text</c> is a delta, <c>done</c> the end, an object with an error that error, <c>twice</c> two ends and a delta after them.
/// </summary>
internal sealed class WordReader : DialectReader
{
    private bool _ended;

    /// <summary>Breaks its contract: says nothing at the end.</summary>
    public bool SilentAtTheEnd { get; init; }

    public override bool TryRead(in SseFrame frame, IStreamSink sink)
    {
        switch (frame.Data)
        {
            case [(byte)'+', .. var text]:
                sink.Delta(text);
                return true;
            case [(byte)'{', ..]:
                _ended = true;
                sink.Error(new BfError { Status = 429, Message = "the provider's", Kind = BfErrorKind.RateLimit });
                return true;
            default:
                return TryReadWord(frame.Data, sink);
        }
    }

    public override void Complete(IStreamSink sink)
    {
        if (!_ended && !SilentAtTheEnd)
        {
            sink.Error(new BfError { Status = 502, Message = "the reader's", Kind = BfErrorKind.Truncated });
        }
    }

    public override void WriteCompletion(IBufferWriter<byte> output) => throw new NotSupportedException();

    public override AnswerTurn ReadTurn() => throw new NotSupportedException();

    private bool TryReadWord(ReadOnlySpan<byte> word, IStreamSink sink)
    {
        if (word.SequenceEqual("done"u8))
        {
            _ended = true;
            sink.End("stop", usage: null, usageJson: default);
            return true;
        }

        if (word.SequenceEqual("twice"u8))
        {
            sink.End("stop", usage: null, usageJson: default);
            sink.ToolCalls([]);
            sink.Delta("late"u8);
            sink.Error(new BfError { Status = 500, Message = "late" });
            sink.End("length", usage: null, usageJson: default);
            return true;
        }

        return false;
    }
}
