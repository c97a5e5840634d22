using System.Text;
using BfProxy.Channels;
using BfProxy.Channels.Sockets;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Tests.Channels;

public sealed class FrameTests : IDisposable
{
    private readonly TestHub _hub = new();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task However_many_subscribe_all_are_woken()
    {
        using var hub = new TestHub();
        var listeners = new List<Listener>();
        for (var count = 1; count <= 20; count++)
        {
            listeners.Add(hub.Listen("c"));
            hub.Say("c", "x");
            foreach (var listener in listeners)
            {
                Assert.Equal(count, (await listener.Wire.ReadAsync().WaitAsync(TimeSpan.FromSeconds(30))).Offset);
            }
        }
    }

    [Fact]
    public void A_delta_becomes_one_frame()
    {
        var listener = _hub.Listen("c");
        var stream = _hub.Open("s", "c");
        stream.Delta("A fun \\\"fact\\\" 日"u8);
        stream.Flush();
        Assert.Equal("""{"channel":"c","offset":1,"actionName":"act","streamId":"s","seq":1,"event":{"type":"delta","content":"A fun \"fact\" 日"}}""", Assert.Single(listener.Frames()).Json);
    }

    [Fact]
    public void Any_other_event_goes_out_as_it_is()
    {
        var listener = _hub.Listen("c");
        var stream = _hub.Hub.OpenStream(TestHub.Scope, ["c"], null, "s");
        stream.Event("""{"type":"end","finish_reason":"stop","usage":null}"""u8);
        stream.Flush();
        Assert.Equal("""{"channel":"c","offset":1,"streamId":"s","seq":1,"event":{"type":"end","finish_reason":"stop","usage":null}}""", Assert.Single(listener.Frames()).Json);
    }

    [Fact]
    public void A_visitors_message_has_no_seq()
    {
        var listener = _hub.Listen("c");
        _hub.Say("c", "hello");
        Assert.Equal("""{"channel":"c","offset":1,"message":"hello"}""", Assert.Single(listener.Frames()).Json);
    }

    [Fact]
    public void Names_are_escaped()
    {
        const string Name = "a\"b\\c\u0001日";
        var listener = _hub.Listen(Name);
        _hub.Say(Name, "x");
        Assert.Equal(Name, Assert.Single(listener.Frames()).Channel);
    }

    [Fact]
    public void Deltas_that_come_together_leave_together()
    {
        var listener = _hub.Listen("c");
        var stream = _hub.Open("s", "c");
        stream.Delta("a"u8);
        stream.Delta("b"u8);
        stream.Delta("c"u8);
        Assert.Empty(listener.Frames());
        stream.Flush();
        Assert.Equal("""{"channel":"c","from":1,"offset":3,"actionName":"act","streamId":"s","seqFrom":1,"seq":3,"event":{"type":"delta","content":"abc"}}""", Assert.Single(listener.Frames()).Json);
    }

    [Fact]
    public void Those_who_stand_further_back_share_their_rolled_up_frame_too()
    {
        var places = Enumerable.Range(0, 6).Select(_ => _hub.Hub.Join(TestHub.Scope, "c", new Connection("1", new WebSocketTransport(new SinkSocket(), new HttpRequestLifetimeFeature(), null), _hub.Hub.State), null)).ToList();
        var stream = _hub.Open("s", "c");
        stream.Delta("a"u8);
        stream.Flush();
        var first = Take(places[0]);
        stream.Delta("b"u8);
        stream.Flush();
        var second = Take(places[0]);

        var behind = places[1..].ConvertAll(Take);

        Assert.EndsWith("\"content\":\"a\"}}", Encoding.UTF8.GetString(first.Span), StringComparison.Ordinal);
        Assert.EndsWith("\"content\":\"b\"}}", Encoding.UTF8.GetString(second.Span), StringComparison.Ordinal);
        Assert.EndsWith("\"content\":\"ab\"}}", Encoding.UTF8.GetString(behind[0].Span), StringComparison.Ordinal);
        Assert.All(behind, frame => Assert.Equal(behind[0], frame));
    }

    [Fact]
    public async Task Deltas_that_wait_for_a_busy_socket_are_rolled_up()
    {
        var listener = _hub.Listen("c");
        listener.Wire.Hold();
        var stream = _hub.Open("s", "c");
        foreach (var text in (string[])["a", "b", "c", "d"])
        {
            stream.Delta(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush();
        }

        listener.Wire.Release();
        Assert.Equal(1, (await listener.Wire.ReadAsync()).Offset);
        var rolledUp = await listener.Wire.ReadAsync();
        Assert.Equal((2L, 4L, 2, 4, "bcd"), (rolledUp.From, rolledUp.Offset, rolledUp.SeqFrom, rolledUp.Seq, rolledUp.Content));
    }

    [Fact]
    public void Only_neighbours_of_one_stream_are_rolled_up()
    {
        var first = _hub.Open("s1", "c");
        var second = _hub.Open("s2", "c");
        first.Delta("a"u8);
        first.Delta("b"u8);
        second.Delta("x"u8);
        first.Delta("c"u8);
        first.Event("""{"type":"end"}"""u8);
        first.Delta("d"u8);
        var frames = _hub.Listen("c", Since.Start).Frames();
        Assert.Equal([(1, 2, "ab"), (3, 3, "x"), (4, 4, "c"), (5, 5, null), (6, 6, "d")], frames.Select(frame => (frame.From, frame.Offset, frame.Content)));
    }

    [Fact]
    public void A_stream_on_two_channels_has_one_seq_and_each_channels_own_offset()
    {
        _hub.Say("b", "before");
        var listener = _hub.Connect();
        listener.Join("a");
        listener.Join("b");
        var stream = _hub.Open("s", "a", "b");
        stream.Delta("x"u8);
        stream.Flush();
        Assert.Equal([("a", 1, 1), ("b", 2, 1)], listener.Frames().Select(frame => (frame.Channel!, frame.Offset, frame.Seq)).OrderBy(frame => frame.Item1, StringComparer.Ordinal));
    }

    [Fact]
    public void Scopes_never_meet()
    {
        var listener = _hub.Listen("c");
        _hub.Hub.Publish(new ChannelScope("other", ""), "c", "\"message\":1}"u8.ToArray());
        _hub.Hub.Publish(new ChannelScope("demo", "host"), "c", "\"message\":1}"u8.ToArray());
        Assert.Empty(listener.Frames());
    }

    [Fact]
    public void A_left_channel_is_silent()
    {
        var listener = _hub.Connect();
        var subscription = listener.Join("c");
        subscription.Channel.Leave(subscription);
        listener.Connection.Post(new OutboxItem("{}"u8.ToArray(), subscription));
        _hub.Say("c", "x");
        Assert.Equal("{}", Assert.Single(listener.Frames()).Json);
    }

    [Fact]
    public void Within_the_window_deltas_after_the_first_are_gathered()
    {
        using var hub = new TestHub(options => options.RollUp = TimeSpan.FromMilliseconds(40));
        var listener = hub.Listen("c");
        var stream = hub.Open("s", "c");
        foreach (var text in (string[])["a", "b", "c"])
        {
            stream.Delta(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush();
        }

        Assert.Equal("a", listener.Text());
        hub.Time.Advance(TimeSpan.FromMilliseconds(39));
        Assert.Empty(listener.Frames());
        hub.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("bc", Assert.Single(listener.Frames()).Content);
        stream.Delta("d"u8);
        stream.Event("""{"type":"end"}"""u8);
        stream.Flush();
        Assert.Equal("delta end", string.Join(' ', listener.Frames().Select(frame => frame.Type)));
    }

    private static ReadOnlyMemory<byte> Take(Subscription place)
    {
        var buffer = default(FrameBuffer);
        Assert.True(place.TryTake(ref buffer, out var frame));
        return frame.Payload;
    }
}
