using BfProxy.Transforms.Framing;

namespace BfProxy.Transforms.Tests.Framing;

public sealed class SseFrameLimitTests
{
    private const int Limit = 32;

    [Theory]
    [Chunked]
    public void A_frame_of_exactly_the_limit_passes_and_one_byte_more_is_too_large(StreamShape shape)
    {
        var lineEnd = shape.Newline == Newline.CarriageReturnLineFeed ? 2 : 1;
        var fits = new string('x', Limit - "data: ".Length - lineEnd);

        shape.Run($"data: {fits}\n\ndata: {fits}\n\n", feed => Assert.Equal([fits, fits], Scan.Frames(feed, Limit)));
        shape.Run($"data: a\n\ndata: {fits}x\n\ndata: b\n\n", feed => Assert.Equal(["a", "too large"], Scan.Frames(feed, Limit)));
    }

    [Theory]
    [Chunked("data: a\nevent: b\ndata: cccccccccccccccccccccc\n\n")]
    [Chunked("data: a line that never ends, never ends, never ends")]
    [Chunked("unknown fields that never end, never end, never end\n")]
    [Chunked("id: 1\nid: 2\nid: 3\nid: 4\nid: 5\nid: 6\nid: 7\nid: 8\n")]
    public void All_lines_of_a_frame_count(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal(["too large"], Scan.Frames(feed, Limit)));

    [Theory]
    [Chunked(": a comment as long as anything that may pass for a frame\n: and another one\ndata: one\n\n")]
    public void Comments_before_a_frame_are_not_kept_and_do_not_count(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal(["one"], Scan.Frames(feed, Limit)));

    [Fact]
    public void Nothing_is_read_after_a_frame_that_was_too_large()
    {
        var state = new SseScanState(4);
        var frames = new List<string>();

        Scan.Read(ref state, "data: too much"u8, frames);
        Scan.Read(ref state, "\n\ndata\n\n"u8, frames);
        Assert.False(SseScanner.TryReadLast(ref state, out _));
        Scan.Read(ref state, "data\n\n"u8, frames);

        Assert.Equal(["too large"], frames);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_limit_is_positive(int limit) => Assert.Throws<ArgumentOutOfRangeException>(() => new SseScanState(limit));
}
