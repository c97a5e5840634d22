using System.Buffers.Text;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Benchmarks.Dialects;

/// <summary>Writes the frame of each delta, with the escaped text as it came.</summary>
internal sealed class FrameSink(FrameTally tally) : IStreamSink
{
    private readonly byte[] _frame = new byte[4096];
    private int _count;

    public void Delta(ReadOnlySpan<byte> escapedText)
    {
        _count++;
        var rest = _frame.AsSpan();
        Put(ref rest, """{"channel":"anonymous","offset":"""u8);
        Put(ref rest, _count);
        Put(ref rest, ""","actionName":"assistantReceiveResultsStream","streamId":"k3f9x0c2m7","seq":"""u8);
        Put(ref rest, _count);
        Put(ref rest, ",\"event\":{\"type\":\"delta\",\"content\":\""u8);
        Put(ref rest, escapedText);
        Put(ref rest, "\"}}"u8);
        tally.Add(_frame.AsSpan(0, _frame.Length - rest.Length));
    }

    public void ToolCalls(IReadOnlyList<ToolCall> calls)
    {
    }

    public void End(string finishReason, Usage? usage, ReadOnlySpan<byte> usageJson)
    {
    }

    public void Error(BfError error) => throw new InvalidOperationException(error.Message);

    private static void Put(ref Span<byte> rest, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
    }

    private static void Put(ref Span<byte> rest, int number)
    {
        Utf8Formatter.TryFormat(number, rest, out var written);
        rest = rest[written..];
    }
}
