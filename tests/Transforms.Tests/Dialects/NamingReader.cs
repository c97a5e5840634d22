using System.Buffers;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Framing;

namespace BfProxy.Transforms.Tests.Dialects;

/// <summary>Gives all frames but errors the name that no name means, which no reader's fast path takes.</summary>
internal sealed class NamingReader(DialectReader inner) : DialectReader
{
    public override bool TryRead(in SseFrame frame, IStreamSink sink) =>
        frame.EventType.SequenceEqual("error"u8) ? inner.TryRead(frame, sink) : inner.TryRead(new SseFrame("message"u8, frame.Data), sink);

    public override void Complete(IStreamSink sink) => inner.Complete(sink);

    public override void WriteCompletion(IBufferWriter<byte> output) => inner.WriteCompletion(output);

    public override AnswerTurn ReadTurn() => inner.ReadTurn();
}
