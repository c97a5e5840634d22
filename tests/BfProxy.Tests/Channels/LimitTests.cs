using BfProxy.Channels;
using BfProxy.Tests.Host;

namespace BfProxy.Tests.Channels;

public sealed class LimitTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_stalled_reader_is_closed_with_4008_while_others_go_on()
    {
        using var hub = new TestHub(options => options.MaxLagBytes = 10_000);
        var stalled = hub.Listen("c");
        var reader = hub.Listen("c");
        stalled.Wire.Hold();
        var text = ReplayTests.Tokens(hub.Open("s", "c"), 2_000);
        Assert.Equal(text, reader.Text());
        Assert.Equal(ConnectionEnd.TooSlow, stalled.Connection.End);
        stalled.Wire.Release();
        Assert.Equal(4008, await stalled.Wire.Closed);
        Assert.Equal(1, Assert.Single(stalled.Frames()).Offset);
        Assert.Null(reader.Connection.End);
    }

    [Fact]
    public void A_stalled_reader_that_never_moves_again_is_aborted()
    {
        using var hub = new TestHub(options => options.MaxLagBytes = 10_000);
        var stalled = hub.Listen("c");
        stalled.Wire.Hold();
        ReplayTests.Tokens(hub.Open("s", "c"), 2_000);
        hub.Time.Advance(Second * 4);
        Assert.False(stalled.Wire.IsAborted);
        hub.Time.Advance(Second);
        Assert.True(stalled.Wire.IsAborted);
    }

    [Fact]
    public void A_tick_that_fails_is_logged_and_the_next_one_goes_on()
    {
        using var logs = new RecordingLoggerProvider();
        using var hub = new TestHub(options => options.MaxLagBytes = 10_000, logs.CreateLogger("hub"));
        var stalled = hub.Listen("c");
        stalled.Wire.Hold();
        stalled.Wire.AbortFault = new InvalidOperationException("once");
        ReplayTests.Tokens(hub.Open("s", "c"), 2_000);

        hub.Time.Advance(Second * 5);
        Assert.False(stalled.Wire.IsAborted);
        hub.Time.Advance(Second);

        Assert.True(stalled.Wire.IsAborted);
        Assert.Equal(1, logs.Text.Split("[600]").Length - 1);
    }

    [Fact]
    public async Task A_send_that_takes_too_long_is_closed_with_4008()
    {
        using var hub = new TestHub();
        var stalled = hub.Listen("c");
        stalled.Wire.Hold();
        hub.Say("c", "x");
        hub.Time.Advance(Second * 29);
        Assert.Null(stalled.Connection.End);
        hub.Time.Advance(Second);
        stalled.Wire.Release();
        Assert.Equal(4008, await stalled.Wire.Closed);
    }

    [Fact]
    public async Task A_long_replay_is_no_lag()
    {
        using var hub = new TestHub(options => options.MaxLagBytes = 10_000);
        var stream = hub.Open("s", "c");
        var text = ReplayTests.Tokens(stream, 9_000);
        var late = hub.Connect();
        late.Wire.Hold();
        late.Subscribe("c", new Since(StreamId: "s"));
        text += ReplayTests.Tokens(stream, 20);
        late.Wire.Release();
        Assert.Equal("{}", (await late.Wire.ReadAsync()).Json);
        var got = "";
        while (got.Length < text.Length)
        {
            got += (await late.Wire.ReadAsync()).Content;
        }

        Assert.Equal(text, got);
        Assert.Null(late.Connection.End);
    }

    [Fact]
    public void A_client_that_does_not_read_its_replies_is_closed_with_4008()
    {
        using var hub = new TestHub();
        var client = hub.Connect();
        client.Wire.Hold();
        for (var i = 0; i < 1_000; i++)
        {
            client.Connection.Post(new OutboxItem("{}"u8.ToArray()));
        }

        Assert.Equal(ConnectionEnd.TooSlow, client.Connection.End);
    }

    [Fact]
    public async Task Who_has_answered_and_misses_two_pings_is_closed_with_4009()
    {
        using var hub = new TestHub();
        var client = hub.Connect();
        hub.Time.Advance(Second * 25);
        Assert.Equal("""{"ping":1}""", Assert.Single(client.Frames()).Json);
        client.Connection.Heard(isPong: true);
        hub.Time.Advance(Second * 50);
        Assert.Equal("""{"ping":2} {"ping":3}""", string.Join(' ', client.Frames().Select(frame => frame.Json)));
        Assert.Null(client.Connection.End);
        hub.Time.Advance(Second * 25);
        Assert.Equal(4009, await client.Wire.Closed);
    }

    [Fact]
    public void Who_never_answers_is_pinged_for_ever()
    {
        using var hub = new TestHub();
        var client = hub.Connect();
        hub.Time.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal(144, client.Frames().Count);
        Assert.Null(client.Connection.End);
    }

    [Fact]
    public void Who_answers_each_ping_stays()
    {
        using var hub = new TestHub();
        var client = hub.Connect();
        for (var i = 0; i < 100; i++)
        {
            hub.Time.Advance(Second * 25);
            client.Connection.Heard(isPong: true);
        }

        Assert.Equal(100, client.Frames().Count);
        Assert.Null(client.Connection.End);
    }

    [Fact]
    public void A_ping_that_cannot_go_out_yet_is_not_followed_by_one_each_second()
    {
        using var hub = new TestHub();
        var client = hub.Listen("c");
        client.Connection.Heard(isPong: true);
        client.Wire.Meanwhile = () => hub.Time.Advance(Second * 74);
        hub.Say("c", "x");
        Assert.Equal("""{"ping":1} {"ping":2}""", string.Join(' ', client.Frames().Skip(1).Select(frame => frame.Json)));
        Assert.Null(client.Connection.End);
    }

    [Fact]
    public void A_busy_connection_is_not_pinged()
    {
        using var hub = new TestHub();
        var client = hub.Listen("c");
        for (var i = 0; i < 20; i++)
        {
            hub.Time.Advance(Second * 20);
            hub.Say("c", "x");
        }

        Assert.All(client.Frames(), frame => Assert.Equal("c", frame.Channel));
    }

    [Fact]
    public async Task Going_away_sends_what_is_pending_and_closes_with_1001()
    {
        using var hub = new TestHub();
        var client = hub.Listen("c");
        client.Wire.Hold();
        hub.Say("c", "first");
        hub.Say("c", "last");
        var closing = hub.Hub.Connections.CloseAllAsync(CancellationToken.None);
        client.Wire.Release();
        Assert.Equal(1001, await client.Wire.Closed);
        Assert.Equal(2, client.Frames().Count);
        Assert.False(closing.IsCompleted);
        hub.Hub.Connections.Remove(client.Connection);
        await closing;
    }

    [Fact]
    public async Task Going_away_aborts_who_stays_too_long()
    {
        using var hub = new TestHub();
        var client = hub.Listen("c");
        client.Wire.Hold();
        hub.Say("c", "x");
        using var deadline = new CancellationTokenSource();
        var closing = hub.Hub.Connections.CloseAllAsync(deadline.Token);
        await deadline.CancelAsync();
        Assert.True(client.Wire.IsAborted);
        await client.Drain;
        hub.Hub.Connections.Remove(client.Connection);
        await closing;
    }
}
