using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Pipeline;

namespace BfProxy.Transforms.Tests.Pipeline;

public sealed class StreamTransformTests
{
    private static readonly StreamLimits s_small = new() { MaxFrameBytes = 64, MaxResponseBytes = 256, MaxMalformedFrames = 2 };

    [Theory]
    [Chunked("data: +one\n\n: keep-alive\n\ndata: + two\n\ndata: done\n\n")]
    [Chunked("data: +one\n\ndata: + two\n\ndata: done")]
    [Chunked("\uFEFFdata: +one\n\nevent: x\ndata: + two\n\ndata: done\n\ndata: +late\n\n")]
    public void Frames_reach_the_sink_in_order_up_to_the_end(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal(["delta one", "delta  two", "end stop"], Transform(feed)));

    [Theory]
    [Chunked("data: twice\n\ndata: twice\n\n")]
    public void The_sink_gets_one_terminal_call_whatever_the_reader_does(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal(["end stop"], Transform(feed)));

    [Theory]
    [Chunked("data: +one\n\n")]
    [Chunked("data: +one\n\ndata: do")]
    [Chunked("data: +one\n\nevent: do")]
    public void A_stream_without_its_end_is_truncated(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal(["delta one", "error 502 Truncated"], Transform(feed)));

    [Theory]
    [Chunked("")]
    [Chunked("\n\n")]
    [Chunked("\uFEFF")]
    [Chunked(": only a comment\n\n")]
    [Chunked("event: ping\n\n")]
    [Chunked("da")]
    [Chunked("retry: 1\nid")]
    public void An_event_stream_without_frames_is_truncated(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal(["error 502 Truncated"], Transform(feed)));

    [Fact]
    public void A_reader_that_says_nothing_at_the_end_is_spoken_for()
    {
        var sink = new RecordingSink();
        using var transform = new StreamTransform(new WordReader { SilentAtTheEnd = true }, sink, s_small);

        transform.Push("data: +one\n\n"u8);
        transform.Complete();
        transform.Complete();

        Assert.Equal(["delta one", "error 502 Truncated"], sink.Calls);
        Assert.True(transform.IsFinished);
    }

    [Theory]
    [Chunked("<!DOCTYPE html>\n<html>\n\n<p>data: none</p>\n")]
    [Chunked("Bad gateway\n")]
    [Chunked("{\"object\":\"chat.completion\",\"choices\":[]}")]
    [Chunked("{\"error\":null}")]
    [Chunked("{\"error\":{\"message\":\"cut")]
    [Chunked("[]")]
    [Chunked("\"error\"")]
    public void What_is_no_event_stream_is_malformed(StreamShape shape, string stream) => shape.Run(stream, feed =>
    {
        var sink = new RecordingSink();
        Transform(feed, sink);
        Assert.Equal(["error 502 Malformed"], sink.Calls);
        Assert.Contains("not an event stream", sink.LastError!.Message, StringComparison.Ordinal);
    });

    [Theory]
    [Chunked("{\"error\":{\"message\":\"slow down\"}}")]
    [Chunked("\uFEFF\n{\n  \"id\": {\"error\": 1},\n\n  \"error\": \"slow down\",\n  \"n\": [1]\n}\n")]
    [Chunked("[{\n  \"error\": {\n    \"code\": 429\n  }\n}\n]")]
    public void A_plain_JSON_error_is_the_provider_s_own(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal(["error 429 RateLimit"], Transform(feed)));

    [Theory]
    [Chunked("data: bad\n\ndata: +one\n\ndata: {\"error\":1}\n\n")]
    public void An_error_within_the_stream_ends_it(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal(["delta one", "error 429 RateLimit"], Transform(feed)));

    [Theory]
    [Chunked("data: bad\n\ndata: +one\n\ndata: bad\n\ndata: done\n\n")]
    public void Malformed_frames_up_to_the_limit_are_skipped_and_counted(StreamShape shape, string stream) => shape.Run(stream, feed =>
    {
        var sink = new RecordingSink();
        Assert.Equal(2, Transform(feed, sink));
        Assert.Equal(["delta one", "end stop"], sink.Calls);
    });

    [Theory]
    [Chunked("data: bad\n\ndata: bad\n\ndata: +one\n\ndata: bad\n\ndata: +two\n\ndata: done\n\n")]
    public void One_malformed_frame_more_than_the_limit_ends_the_stream(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal(["delta one", "error 502 Malformed"], Transform(feed)));

    [Theory]
    [Chunked]
    public void A_frame_past_the_limit_ends_the_stream(StreamShape shape) =>
        shape.Run($"data: +one\n\ndata: +{new string('x', 64)}\n\ndata: done\n\n", feed => Assert.Equal(["delta one", "error 502 TooLarge"], Transform(feed)));

    [Theory]
    [Chunked]
    public void A_response_past_the_limit_ends_after_the_frames_before_it(StreamShape shape)
    {
        var padding = string.Concat(Enumerable.Repeat(": twelve chars\r\n", 14));
        var stream = $"{padding}data: +one\r\n\r\ndata: +two, which is too much\r\n\r\ndata: done\r\n\r\n";

        shape.Run(stream, feed => Assert.Equal(["delta one", "error 502 TooLarge"], Transform(feed)));
    }

    [Fact]
    public void A_failure_from_outside_ends_the_stream_once()
    {
        var sink = new RecordingSink();
        using var transform = new StreamTransform(new WordReader(), sink, s_small);

        transform.Push("data: +one\n\n"u8);
        transform.Fail(new BfError { Status = 504, Message = "silence", Kind = BfErrorKind.Timeout });
        transform.Push("data: +two\n\n"u8);
        transform.Complete();
        transform.Fail(new BfError { Status = 500, Message = "late" });

        Assert.Equal(["delta one", "error 504 Timeout"], sink.Calls);
    }

    [Fact]
    public void Nothing_is_read_after_disposal()
    {
        var sink = new RecordingSink();
        var transform = new StreamTransform(new WordReader(), sink, s_small);

        transform.Dispose();
        transform.Push("data: +one\n\n"u8);
        transform.Complete();

        Assert.Empty(sink.Calls);
    }

    private static List<string> Transform(StreamFeed feed)
    {
        var sink = new RecordingSink();
        Transform(feed, sink);
        return sink.Calls;
    }

    private static int Transform(StreamFeed feed, RecordingSink sink)
    {
        using var transform = new StreamTransform(new WordReader(), sink, s_small);
        feed.Into(transform.Push);
        transform.Complete();
        Assert.True(transform.IsFinished);
        return transform.MalformedFrames;
    }
}
