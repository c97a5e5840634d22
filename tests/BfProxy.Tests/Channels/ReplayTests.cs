using System.Text;
using BfProxy.Channels;

namespace BfProxy.Tests.Channels;

public sealed class ReplayTests : IDisposable
{
    private const string End = """{"type":"end"}""";
    private readonly TestHub _hub = new();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_join_without_since_is_live_only()
    {
        _hub.Say("c", "before");
        var listener = _hub.Connect();
        var subscription = listener.Join("c");
        Assert.Equal((1, (bool?)null), (subscription.JoinedAt, subscription.Recovered));
        _hub.Say("c", "after");
        Assert.Equal(2, Assert.Single(listener.Frames()).Offset);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(49)]
    [InlineData(50)]
    public async Task Since_an_offset_brings_exactly_what_was_missed_and_goes_on_live(int since)
    {
        var epoch = Fill("c", 50);
        var listener = _hub.Connect();
        var subscription = listener.Join("c", new Since(epoch, since));
        Assert.True(subscription.Recovered);
        _hub.Say("c", "live");
        Assert.Equal(Enumerable.Range(since + 1, 51 - since).Select(offset => (long)offset), (await listener.FramesTo(51)).Select(frame => frame.Offset));
    }

    [Fact]
    public void A_roll_up_never_reaches_across_since()
    {
        var stream = _hub.Open("s", "c");
        Tokens(stream, 10);
        var listener = _hub.Listen("c", new Since(Epoch("c"), 4));
        Tokens(stream, 1);
        Assert.Equal([(5, 10, "4,5,6,7,8,9,"), (11, 11, "0,")], listener.Frames().Select(frame => (frame.From, frame.Offset, frame.Content)));
    }

    [Fact]
    public async Task Since_before_the_history_brings_what_is_kept_and_says_so()
    {
        using var hub = new TestHub(options => options.HistorySize = 100);
        var epoch = Fill("c", 2_000, hub);
        var listener = hub.Connect();
        Assert.False(listener.Join("c", new Since(epoch, 3)).Recovered);
        var frames = await listener.FramesTo(2_000);
        Assert.InRange(frames.Count, 100, 1_000);
        Assert.Equal(frames.Count, frames.Select(frame => frame.Offset).Distinct().Count());
        Assert.True(hub.Connect().Join("c", new Since(epoch, 1_900)).Recovered);
    }

    [Fact]
    public void Another_epoch_is_not_recovered()
    {
        Fill("c", 5);
        var listener = _hub.Connect();
        Assert.False(listener.Join("c", new Since("other", 3, Floor: Since.NoPast)).Recovered);
        Assert.Empty(listener.Frames());
        Assert.False(listener.Join("c", new Since("other", 3)).Recovered);
        Assert.Equal(5, listener.Frames().Count);
    }

    [Fact]
    public void An_offset_that_the_epoch_has_not_reached_is_not_recovered()
    {
        var epoch = Fill("c", 5);
        Assert.False(_hub.Connect().Join("c", new Since(epoch, 6)).Recovered);
    }

    [Fact]
    public void History_ends_with_its_time()
    {
        var epoch = Fill("c", 5);
        var live = _hub.Listen("c");
        _hub.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.True(_hub.Connect().Join("c", new Since(epoch, 0)).Recovered);
        _hub.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(_hub.Connect().Join("c", new Since(epoch, 0)).Recovered);
        Assert.True(_hub.Connect().Join("c", new Since(epoch, 5)).Recovered);
        _hub.Say("c", "live");
        Assert.Equal(6, live.Frames().Single(frame => frame.Channel is not null).Offset);
    }

    [Fact]
    public void History_ends_with_its_bytes()
    {
        using var hub = new TestHub(options => options.HistoryBytes = 100_000);
        var epoch = Epoch("c", hub);
        for (var i = 0; i < 200; i++)
        {
            hub.Say("c", new string('x', 10_000));
        }

        Assert.False(hub.Connect().Join("c", new Since(epoch, 180)).Recovered);
        Assert.True(hub.Connect().Join("c", new Since(epoch, 191)).Recovered);
        var stream = hub.Open("s", "c");
        var text = Tokens(stream, 60_000);
        var late = hub.Listen("c", Since.Start);
        Assert.Equal(text.Length, late.Text().Length);
    }

    [Fact]
    public void Old_frames_leave_although_new_ones_keep_coming()
    {
        var epoch = Fill("c", 1);
        for (var minute = 0; minute < 20; minute++)
        {
            _hub.Time.Advance(TimeSpan.FromMinutes(1));
            _hub.Say("c", "x");
        }

        var listener = _hub.Connect();
        Assert.False(listener.Join("c", new Since(epoch, 0)).Recovered);
        Assert.InRange(listener.Frames().Count, 10, 14);
    }

    [Fact]
    public void Without_history_nothing_is_replayed()
    {
        using var hub = new TestHub(options => options.HistoryTtl = TimeSpan.Zero);
        var stream = hub.Open("s", "c");
        Tokens(stream, 5);
        var epoch = Epoch("c", hub);
        foreach (var since in (Since[])[Since.Start, new(StreamId: "s"), new(epoch, 2)])
        {
            var listener = hub.Connect();
            Assert.False(listener.Join("c", since).Recovered);
            Assert.Empty(listener.Frames());
        }

        Assert.True(hub.Connect().Join("c", new Since(epoch, 5)).Recovered);
    }

    [Fact]
    public void An_idle_channel_goes_and_comes_back_with_another_epoch()
    {
        var epoch = Fill("c", 1);
        _hub.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(0, _hub.Hub.ChannelCount);
        Assert.False(_hub.Connect().Join("c", new Since(epoch, 0)).Recovered);
    }

    [Fact]
    public void A_channel_with_a_subscriber_or_a_running_stream_stays()
    {
        _hub.Listen("a");
        var stream = _hub.Open("s", "b");
        _hub.Time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(2, _hub.Hub.ChannelCount);
        stream.Close();
        _hub.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(1, _hub.Hub.ChannelCount);
    }

    [Fact]
    public void A_late_joiner_gets_a_long_running_streams_text_from_its_first_token_in_one_frame()
    {
        var stream = _hub.Open("s", "c");
        var text = Tokens(stream, 8_000);
        foreach (var since in (Since[])[new(StreamId: "s"), Since.Start])
        {
            var listener = _hub.Connect();
            Assert.True(listener.Join("c", since).Recovered);
            var frame = Assert.Single(listener.Frames());
            Assert.Equal((1L, 8_000L, 1, 8_000, text), (frame.From, frame.Offset, frame.SeqFrom, frame.Seq, frame.Content));
        }
    }

    [Fact]
    public async Task A_running_stream_outlives_the_history_time_and_other_frames_between()
    {
        var stream = _hub.Open("s", "c");
        var text = new StringBuilder();
        for (var minute = 0; minute < 15; minute++)
        {
            text.Append(Tokens(stream, 10));
            _hub.Say("c", "between");
            _hub.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var listener = _hub.Connect();
        Assert.True(listener.Join("c", new Since(StreamId: "s")).Recovered);
        var frames = await listener.FramesTo(164);
        Assert.Equal(text.ToString(), string.Concat(frames.Select(frame => frame.Content)));
        Assert.Equal(Enumerable.Range(1, 150), frames.SelectMany(frame => Enumerable.Range(frame.SeqFrom, frame.Seq - frame.SeqFrom + 1)));
        Tokens(stream, 1);
        Assert.Equal("0,", (await listener.FramesTo(166))[^1].Content);
    }

    [Fact]
    public void A_stream_past_the_replay_limit_is_not_replayed()
    {
        using var hub = new TestHub(options => (options.MaxReplayBytes, options.HistorySize) = (10_000, 100));
        var stream = hub.Open("s", "c");
        Tokens(stream, 5_000);
        hub.Time.Advance(TimeSpan.FromSeconds(5));
        var listener = hub.Connect();
        Assert.False(listener.Join("c", new Since(StreamId: "s")).Recovered);
        Assert.False(hub.Connect().Join("c", Since.Start).Recovered);
        Assert.Empty(listener.Frames());
        Tokens(stream, 1);
        Assert.Equal("0,", listener.Text());
    }

    [Fact]
    public void An_unknown_stream_is_not_recovered() => Assert.False(_hub.Connect().Join("c", new Since(StreamId: "unknown")).Recovered);

    [Fact]
    public void A_stream_without_a_token_yet_is_recovered()
    {
        var stream = _hub.Open("s", "c");
        var listener = _hub.Connect();
        Assert.True(listener.Join("c", new Since(StreamId: "s")).Recovered);
        Assert.Equal(Tokens(stream, 3), listener.Text());
    }

    [Fact]
    public void On_an_anonymous_channel_start_brings_only_streams_that_run_or_just_ended()
    {
        Finish(_hub.Open("old", "c"));
        _hub.Time.Advance(TimeSpan.FromSeconds(10));
        Finish(_hub.Open("recent", "c"));
        _hub.Say("c", "another visitor's");
        Tokens(_hub.Open("running", "c"), 3);
        _hub.Time.Advance(TimeSpan.FromSeconds(20));
        var listener = _hub.Connect();
        Assert.True(listener.Join("c", Since.Start).Recovered);
        Assert.Equal([("recent", "delta"), ("recent", "end"), ("running", "delta")], listener.Frames().Select(frame => (frame.StreamId!, frame.Type!)));
    }

    [Fact]
    public void An_ended_stream_is_still_replayed_to_who_knows_its_id()
    {
        Finish(_hub.Open("s", "c"));
        _hub.Time.Advance(TimeSpan.FromMinutes(5));
        var listener = _hub.Connect();
        Assert.True(listener.Join("c", new Since(StreamId: "s")).Recovered);
        Assert.Equal("delta end", string.Join(' ', listener.Frames().Select(frame => frame.Type)));
    }

    [Fact]
    public void Where_no_past_is_anothers_start_brings_all_that_is_kept()
    {
        Finish(_hub.Open("old", "c"));
        _hub.Say("c", "x");
        _hub.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(4, _hub.Listen("c", Since.Start with { Floor = 0 }).Frames()[^1].Offset);
    }

    [Fact]
    public void Nobody_reads_below_the_floor_of_his_join()
    {
        var epoch = Fill("c", 5);
        Assert.Equal(5, _hub.Connect().Join("c").Floor);
        foreach (var (offset, floor, recovered, first) in (ReadOnlySpan<(long, long, bool, long)>)[(0, 3, false, 4), (2, 3, false, 4), (3, 3, true, 4), (4, 3, true, 5), (0, Since.NoPast, false, 6), (5, Since.NoPast, true, 6)])
        {
            var listener = _hub.Connect();
            var subscription = listener.Join("c", new Since(epoch, offset, Floor: floor));
            Assert.Equal((recovered, Math.Min(floor, 5)), (subscription.Recovered!.Value, subscription.Floor));
            Assert.Equal(Enumerable.Range((int)first, (int)(6 - first)), listener.Frames().Select(frame => (int)frame.Offset));
        }
    }

    [Fact]
    public void Below_the_floor_a_fresh_stream_goes_on_where_it_stopped()
    {
        _hub.Say("c", "private");
        var stream = _hub.Open("s", "c");
        Tokens(stream, 6);
        var listener = _hub.Connect();
        Assert.False(listener.Join("c", new Since(Epoch("c"), 4, Floor: 7)).Recovered);
        Tokens(stream, 1);
        Assert.Equal([(5, 7, "3,4,5,"), (8, 8, "0,")], listener.Frames().Select(frame => (frame.From, frame.Offset, frame.Content)));
    }

    [Fact]
    public void A_replay_that_has_not_begun_stands_before_its_stream()
    {
        var stream = _hub.Open("s", "c");
        Tokens(stream, 3);
        var listener = _hub.Connect();
        listener.Wire.Hold();
        listener.Subscribe("c");
        Assert.Equal(0, _hub.Hub.Join(TestHub.Scope, "c", listener.Connection, Since.Start).Taken);
    }

    [Fact]
    public void A_join_again_with_since_starts_over_there_and_stays_one_subscription()
    {
        var epoch = Fill("c", 3);
        var listener = _hub.Connect();
        var first = listener.Join("c");
        _hub.Say("c", "x");
        Assert.Equal([4], listener.Frames().Select(frame => frame.Offset));
        listener.Join("c", new Since(epoch, 2), instead: first);
        _hub.Say("c", "y");
        Assert.Equal([3, 4, 5], listener.Frames().Select(frame => frame.Offset));
    }

    internal static string Tokens(StreamPublisher stream, int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var token = $"{i},";
            text.Append(token);
            stream.Delta(Encoding.UTF8.GetBytes(token));
            stream.Flush();
        }

        return text.ToString();
    }

    private static void Finish(StreamPublisher stream)
    {
        Tokens(stream, 2);
        stream.Event(Encoding.UTF8.GetBytes(End));
        stream.Close();
    }

    private string Fill(string channel, int frames, TestHub? hub = null)
    {
        for (var i = 0; i < frames; i++)
        {
            (hub ?? _hub).Say(channel, "x");
        }

        return Epoch(channel, hub);
    }

    private string Epoch(string channel, TestHub? hub = null)
    {
        var subscription = (hub ?? _hub).Connect().Join(channel);
        subscription.Channel.Leave(subscription);
        return subscription.Channel.Epoch;
    }
}
