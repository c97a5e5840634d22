using System.Buffers;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Framing;

namespace BfProxy.Transforms.Tests.Dialects;

/// <summary>Gives frames without an event name the name that this means, which keeps a reader from its fast path.</summary>
internal sealed class NamingReader(DialectReader inner) : DialectReader
{
    public override bool TryRead(in SseFrame frame, IStreamSink sink) =>
        frame.EventType.IsEmpty ? inner.TryRead(new SseFrame("message"u8, frame.Data), sink) : inner.TryRead(frame, sink);

    public override void Complete(IStreamSink sink) => inner.Complete(sink);

    public override void WriteCompletion(IBufferWriter<byte> output) => inner.WriteCompletion(output);
}
