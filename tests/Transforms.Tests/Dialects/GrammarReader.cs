using System.Buffers;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Framing;

namespace BfProxy.Transforms.Tests.Dialects;

/// <summary>Holds a reader to the grammar, before any guard could hide what it does wrong.</summary>
internal sealed class GrammarReader(DialectReader inner) : DialectReader
{
    private EventGrammar? _grammar;

    public override bool TryRead(in SseFrame frame, IStreamSink sink) => inner.TryRead(frame, Checked(sink));

    public override void Complete(IStreamSink sink)
    {
        inner.Complete(Checked(sink));
        Assert.True(Checked(sink).IsOver, "The reader ended without an end.");
        inner.Complete(Checked(sink));
    }

    public override void WriteCompletion(IBufferWriter<byte> output) => inner.WriteCompletion(output);

    public override AnswerTurn ReadTurn() => inner.ReadTurn();

    private EventGrammar Checked(IStreamSink sink) => _grammar ??= new EventGrammar(sink);
}
