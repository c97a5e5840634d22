using BfProxy.Transforms.Pipeline;

namespace BfProxy.Transforms.Tests.Pipeline;

public sealed class StreamAllocationTests
{
    private const int Frames = 10_000;
    private const int Passes = 5;

    [Theory]
    [InlineData("data: +a token\n\n", 1024)]
    [InlineData("data: +a token\n\n", 7)]
    [InlineData("event: delta\r\nid: 1\r\ndata: +a\r\ndata: token\r\n\r\n", 1024)]
    [InlineData("event: delta\r\nid: 1\r\ndata: +a\r\ndata: token\r\n\r\n", 7)]
    [InlineData(": keep-alive\r\rretry: 1\rdata: +a token\r\r", 13)]
    public void Nothing_is_allocated_per_frame(string frame, int readSize)
    {
        var stream = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(frame, Frames)));
        var sink = new CountingSink();
        using var transform = new StreamTransform(new WordReader(), sink, new StreamLimits());

        // A collection that another test causes counts the rest of this thread's allocation buffer; it does not do so every time.
        var allocated = Enumerable.Range(0, Passes).Select(_ => Allocated(transform, stream, readSize)).ToList();

        Assert.Equal(Passes * Frames, sink.Deltas);
        Assert.Equal(0, allocated.Min());
    }

    private static long Allocated(StreamTransform transform, ReadOnlySpan<byte> stream, int readSize)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Push(transform, stream, readSize);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Push(StreamTransform transform, ReadOnlySpan<byte> stream, int readSize)
    {
        while (!stream.IsEmpty)
        {
            var read = stream[..Math.Min(readSize, stream.Length)];
            transform.Push(read);
            stream = stream[read.Length..];
        }
    }
}
