using System.Text;
using BfProxy.Transforms.Framing;

namespace BfProxy.Transforms.Tests.Framing;

public sealed class SseScannerTests
{
    private const string Bom = "\uFEFF";

    [Theory]
    [Chunked("data: one\n\ndata: two\n\n", "one", "two")]
    [Chunked("data:one\n\ndata:two\n\n", "one", "two")]
    [Chunked("data:  one\n\ndata:\ttwo\n\n", " one", "\ttwo")]
    [Chunked("\n\n\ndata: one\n\n\n\ndata: two\n\n", "one", "two")]
    [Chunked("data: {\"a\":1}\n\ndata: [DONE]\n\n", "{\"a\":1}", "[DONE]")]
    public void A_frame_with_one_data_line_is_its_value(StreamShape shape, string stream, string first, string second) =>
        shape.Run(stream, feed => Assert.Equal([first, second], Scan.Frames(feed)));

    [Theory]
    [Chunked("data: a\ndata: b\ndata\ndata: c\n\n", "a\nb\n\nc")]
    [Chunked("data\ndata\n\n", "\n")]
    [Chunked("event: e\ndata: a\nid: 1\ndata: b\n\n", "e|a\nb")]
    [Chunked("data: a\nevent: this type stands between the lines\ndata: a longer line that overwrites nothing\n\n",
        "this type stands between the lines|a\na longer line that overwrites nothing")]
    public void Data_lines_are_joined_by_line_feeds(StreamShape shape, string stream, string frame) =>
        shape.Run(stream, feed => Assert.Equal([frame], Scan.Frames(feed)));

    [Theory]
    [Chunked("data\n\n")]
    [Chunked("data:\n\n")]
    [Chunked("data: \n\n")]
    public void A_data_line_without_a_value_dispatches_an_empty_frame(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal([string.Empty], Scan.Frames(feed)));

    [Theory]
    [Chunked("event: ping\n\ndata: one\n\n")]
    [Chunked("id: 1\n\nretry: 5\n\ndata: one\n\n")]
    [Chunked(": keep-alive\n\n:\n:: ::\n\ndata: one\n\n")]
    [Chunked("unknown: x\n\n data: indented\n\nDATA: x\n\ndata: one\n\n")]
    [Chunked("{\"error\":\n\n<html>\n\ndata: one\n\n")]
    public void A_frame_without_data_is_not_dispatched_and_leaves_nothing_behind(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal(["one"], Scan.Frames(feed)));

    [Theory]
    [Chunked(": data: no\ndata: one\n: data: no\nother: x\nother\n\n")]
    [Chunked("datum: x\ndat\ndata : x\ndata: one\n\n")]
    public void Comments_and_unknown_fields_of_a_frame_are_ignored(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal(["one"], Scan.Frames(feed)));

    [Theory]
    [Chunked("event: a\nevent: b\ndata: one\n\ndata: two\n\n", "b|one", "two")]
    [Chunked("data: one\nevent:a\n\nevent: b\nevent\ndata: two\n\n", "a|one", "two")]
    public void The_last_event_field_names_the_type_of_its_frame_only(StreamShape shape, string stream, string first, string second) =>
        shape.Run(stream, feed => Assert.Equal([first, second], Scan.Frames(feed)));

    [Theory]
    [Chunked(Bom + "data: one\n\ndata: two\n\n", "one", "two")]
    [Chunked(Bom + ": comment\ndata: one\n\ndata: " + Bom + "\n\n", "one", Bom)]
    [Chunked("data: one\n\n" + Bom + "data: x\n\ndata: two\n\n", "one", "two")]
    [Chunked(Bom + Bom + "data: x\n\ndata: one\n\ndata: two\n\n", "one", "two")]
    [Chunked("\uFE00data: x\n\ndata: one\n\ndata: two\n\n", "one", "two")]
    public void A_byte_order_mark_is_skipped_at_the_start_only(StreamShape shape, string stream, string first, string second) =>
        shape.Run(stream, feed => Assert.Equal([first, second], Scan.Frames(feed)));

    [Theory]
    [Chunked("data: a\r\ndata: b\rdata: c\ndata: d\r\n\ndata: e\r\r\ndata: f\n\r\ndata: g\r\n\r")]
    public void Line_ends_of_all_kinds_may_be_mixed(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal(["a\nb\nc\nd", "e", "f", "g"], Scan.Frames(feed)));

    [Theory]
    [Chunked("data: Grüße 日本語 🦊\n\ndata: é\n\n")]
    public void Split_inside_a_multibyte_character_yields_the_same_frame(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal(["Grüße 日本語 🦊", "é"], Scan.Frames(feed)));

    [Theory]
    [Chunked("data: one\n\ndata: two")]
    [Chunked("data: one\n\ndata: two\n")]
    [Chunked("data: one\n\ndata: two\n\n")]
    [Chunked("data: one\n\ndata: two\n: comment")]
    [Chunked("data: one\n\n: comment\ndata: two")]
    public void The_last_frame_needs_no_blank_line_at_the_end_of_the_stream(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal(["one", "two"], Scan.FramesToTheEnd(feed)));

    [Theory]
    [Chunked("data: one\n\n")]
    [Chunked("data: one\n\n: half a comm")]
    [Chunked("data: one\n\nevent: x\nid: 4")]
    [Chunked("data: one\n\n\n\n")]
    public void The_end_of_the_stream_adds_no_frame_without_data(StreamShape shape, string stream) =>
        shape.Run(stream, feed => Assert.Equal(["one"], Scan.FramesToTheEnd(feed)));

    [Theory]
    [Chunked(1)]
    [Chunked(2)]
    public void A_byte_order_mark_that_breaks_off_is_the_start_of_a_field_name(StreamShape shape, int markBytes)
    {
        byte[] mark = [0xEF, 0xBB, 0xBF];
        byte[] stream = [.. mark.AsSpan(0, markBytes), .. "data: x\n\ndata: one\n\n"u8];

        shape.Run(stream, feed => Assert.Equal(["one"], Scan.Frames(feed)));
    }

    [Fact]
    public void A_frame_longer_than_every_buffer_so_far_is_whole()
    {
        var text = string.Concat(Enumerable.Range(0, 10_000).Select(number => $"{number} "));
        var stream = Encoding.UTF8.GetBytes($"data: short\n\ndata: {text}\ndata: {text}\n\ndata: {text}\n\n");
        var cuts = Enumerable.Range(1, stream.Length / 1000).Select(read => read * 1000).ToList();

        Assert.Equal(["short", $"{text}\n{text}", text], Scan.Frames(new StreamFeed(stream, cuts)));
    }

    [Fact]
    public void The_end_after_half_a_byte_order_mark_adds_nothing() =>
        Assert.Empty(Scan.FramesToTheEnd(new StreamFeed([0xEF, 0xBB], [1])));

    [Fact]
    public void A_frame_ended_by_two_carriage_returns_is_dispatched_before_more_is_read()
    {
        var state = new SseScanState(1024);
        var frames = new List<string>();

        Scan.Read(ref state, "data: one\r\r"u8, frames);
        Assert.Equal(["one"], frames);
        Scan.Read(ref state, "\ndata: two\r"u8, frames);
        Scan.Read(ref state, "\n\r"u8, frames);
        Assert.Equal(["one", "two"], frames);
        Scan.Read(ref state, "\ndata: three\n\n"u8, frames);

        Assert.Equal(["one", "two", "three"], frames);
        state.Dispose();
    }

    [Fact]
    public void A_frame_that_lies_whole_in_the_input_is_not_copied()
    {
        byte[] input = [.. "data: one\n\nevent: x\ndata: two\r\n\r\n"u8];
        var state = new SseScanState(1024);
        var scanner = new SseScanner(ref state, input);

        Assert.Equal(SseScanStatus.Frame, scanner.Read(out var first));
        Assert.True(input.AsSpan().Overlaps(first.Data, out var at));
        Assert.Equal(6, at);
        Assert.Equal(SseScanStatus.Frame, scanner.Read(out var second));
        Assert.True(input.AsSpan().Overlaps(second.Data));
        state.Dispose();
    }

    [Theory]
    [Chunked("id: 1\ndata: a\n\nid: 2\n\ndata: b\n\n", "2")]
    [Chunked("id: 1\ndata: a\n\nid: \0\n\n", "1")]
    [Chunked("id: 1\ndata: a\n\nid\n\n", "")]
    [Chunked("id: 日本\ndata: a\n\ndata: b\n\n", "日本")]
    public void The_last_event_id_persists_and_takes_no_null(StreamShape shape, string stream, string id) => shape.Run(stream, feed =>
    {
        var state = new SseScanState(1024);
        feed.Into(bytes => Scan.Read(ref state, bytes, []));
        Assert.Equal(id, Encoding.UTF8.GetString(state.LastEventId));
        state.Dispose();
    });

    [Theory]
    [Chunked("retry: 3000\n\n", 3000)]
    [Chunked("retry: 007\ndata: x\n\n", 7)]
    [Chunked("retry: 5\n\nretry: -1\n\nretry: 1e3\n\nretry\n\nretry:  6\n\nretry: 99999999999999999999\n\n", 5)]
    public void Retry_takes_digits_only(StreamShape shape, string stream, int milliseconds) => shape.Run(stream, feed =>
    {
        var state = new SseScanState(1024);
        feed.Into(bytes => Scan.Read(ref state, bytes, []));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), state.Retry);
        state.Dispose();
    });
}
