using System.Net;
using System.Text;
using BfProxy.Tests.Channels;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BfProxy.Tests.Messaging;

public sealed class EventStreamTests : IAsyncLifetime
{
    private MessagingHost _host = null!;

    public async Task InitializeAsync() => _host = await MessagingHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_first_event_is_the_greeting_and_nothing_on_the_way_may_buffer()
    {
        await using var client = await ConnectAsync("?channel=a&channel=b");
        Assert.Equal("text/event-stream", client.Response.Content.Headers.ContentType!.ToString());
        Assert.True(client.Response.Headers.CacheControl!.NoCache);
        Assert.Equal("no", Assert.Single(client.Response.Headers.GetValues("X-Accel-Buffering")));
        Assert.Equal([$"tab|{client.ConnectionId}", "anonymous", "a", "b"], client.Greeting["channels"]!.AsArray().Select(channel => channel!["channel"]!.GetValue<string>()));
        Assert.Equal(0, client.Channel("a")["offset"]!.GetValue<long>());
        Assert.Null(client.Channel("a")["recovered"]);
        Assert.InRange(client.Retry, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Frames_of_all_channels_are_those_of_a_socket()
    {
        await using var client = await ConnectAsync("?channel=a&channel=b");
        using var socket = await _host.ConnectAsync();
        await socket.AskAsync("""{"action":"channelJoinAnon","options":{"channel":"b"}}""");
        Publish("b", "日");
        Assert.Equal(await socket.ReadAsync(), (await client.ReadAsync())!.Value.Data);
        Publish($"tab|{client.ConnectionId}", "x");
        Assert.Equal("x", (await client.ReadFrameAsync()).Content);
        Publish("anonymous", "y");
        Assert.Equal("y", (await client.ReadFrameAsync()).Content);
    }

    [Fact]
    public async Task Line_ends_within_a_message_do_not_end_the_event()
    {
        await using var client = await ConnectAsync("?channel=a");
        using var socket = await _host.ConnectAsync();
        await socket.AskAsync("""{"action":"channelJoinAnon","options":{"channel":"a"}}""");
        await socket.SendAsync("{\"action\":\"messageSendAnonChannel\",\"options\":{\"channels\":[\"a\"],\"actions\":[\r\n{\"action\":\"a\\nb\"}\n,\r1]}}");
        Assert.Contains("""[  {"action":"a\nb"} , 1]""", (await client.ReadAsync())!.Value.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_id_brings_back_what_was_missed_on_each_channel_and_nothing_twice()
    {
        string id;
        await using (var first = await ConnectAsync("?channel=a&channel=b"))
        {
            Publish("a", "1");
            Publish("b", "1");
            await first.ReadAsync();
            await first.ReadAsync();
            id = first.LastEventId;
        }

        Publish("a", "2");
        Publish("b", "2");
        await using var again = await ConnectAsync("?channel=a&channel=b", id);
        Assert.All(["a", "b", "anonymous"], channel => Assert.True(again.Channel(channel)["recovered"]!.GetValue<bool>()));
        Publish("b", "3");
        var frames = new[] { await again.ReadFrameAsync(), await again.ReadFrameAsync(), await again.ReadFrameAsync() };
        Assert.Equal([("a", 2, "2"), ("b", 2, "2"), ("b", 3, "3")], frames.Select(frame => (frame.Channel!, frame.Offset, frame.Content!)).Order());
    }

    [Fact]
    public async Task The_greeting_alone_is_enough_to_come_back_to()
    {
        string id;
        await using (var first = await ConnectAsync("?channel=a"))
        {
            id = first.LastEventId;
        }

        Publish("a", "missed");
        await using var again = await ConnectAsync($"?channel=a&lastEventId={Uri.EscapeDataString(id)}");
        Assert.Equal("missed", (await again.ReadFrameAsync()).Content);
        await using var newer = await ConnectAsync($"?channel=a&lastEventId={Uri.EscapeDataString(id)}", again.LastEventId);
        Publish("a", "next");
        Assert.Equal("next", (await newer.ReadFrameAsync()).Content);
    }

    [Fact]
    public async Task A_channel_that_the_id_does_not_know_is_joined_live()
    {
        await using var first = await ConnectAsync("?channel=a");
        Publish("b", "before");
        await using var again = await ConnectAsync("?channel=a&channel=b", first.LastEventId);
        Assert.Null(again.Channel("b")["recovered"]);
        Publish("b", "after");
        Assert.Equal("after", (await again.ReadFrameAsync()).Content);
    }

    [Fact]
    public async Task History_that_does_not_reach_back_is_said_to()
    {
        await using var first = await ConnectAsync("?channel=a");
        Publish("a", "1");
        _host.Time.Advance(TimeSpan.FromMinutes(11));
        await using var again = await ConnectAsync("?channel=a", first.LastEventId);
        Assert.False(again.Channel("a")["recovered"]!.GetValue<bool>());
        Assert.True(again.Channel("anonymous")["recovered"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_forged_id_shows_nobodys_past()
    {
        var hub = _host.Hub;
        hub.Publish(TestHub.Scope, "a", "\"message\":\"secret\"}"u8.ToArray());
        await using var first = await ConnectAsync("?channel=a");
        var forged = first.LastEventId.Split(',').Select(entry => entry[..entry.LastIndexOf(':')] + ":0");
        await using var thief = await ConnectAsync("?channel=a", string.Join(',', forged));
        Assert.False(thief.Channel("a")["recovered"]!.GetValue<bool>());
        hub.Publish(TestHub.Scope, "a", "\"message\":\"public\"}"u8.ToArray());
        Assert.Contains("public", (await thief.ReadAsync())!.Value.Data, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?channel=private", null, HttpStatusCode.Forbidden)]
    [InlineData("?channel=authenticated", null, HttpStatusCode.Forbidden)]
    [InlineData("?channel=tab|1", null, HttpStatusCode.Forbidden)]
    [InlineData("?channel=", null, HttpStatusCode.BadRequest)]
    [InlineData("?app=nobody", null, HttpStatusCode.NotFound)]
    [InlineData("?channel=a", "x", HttpStatusCode.BadRequest)]
    [InlineData("?channel=a", ",", HttpStatusCode.BadRequest)]
    [InlineData("?channel=a", "abcdefgh:k3f9:-1", HttpStatusCode.BadRequest)]
    [InlineData("?channel=a", "abcdefgh:k3f9:99999999999999999999", HttpStatusCode.BadRequest)]
    [InlineData("?channel=a", "abcdefgh:k3f9:1,abcdefgh:k3f9:1", HttpStatusCode.BadRequest)]
    [InlineData("?channel=a", "abcdefgh:k3f9:1", HttpStatusCode.OK)]
    public async Task Bad_requests_are_refused(string query, string? lastEventId, HttpStatusCode status)
    {
        await using var client = await ConnectAsync(query, lastEventId);
        Assert.Equal(status, client.Response.StatusCode);
        if (status != HttpStatusCode.OK)
        {
            Assert.Contains("\"className\"", await client.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Too_many_channels_and_other_methods_are_refused()
    {
        await using var client = await ConnectAsync($"?{string.Join('&', Enumerable.Range(0, 99).Select(i => $"channel=chat{i}"))}");
        Assert.Equal(HttpStatusCode.BadRequest, client.Response.StatusCode);
        using var http = new HttpClient(new SocketsHttpHandler());
        using var answer = await http.PostAsync(new Uri(_host.Address, "/message/events"), null);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "GET"), (answer.StatusCode, answer.Content.Headers.Allow.Single()));
    }

    [Fact]
    public async Task Silence_is_broken_by_comments()
    {
        using var http = new HttpClient(new SocketsHttpHandler());
        using var answer = await http.GetAsync(new Uri(_host.Address, "/message/events"), HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }

        for (var i = 0; i < 5; i++)
        {
            _host.Settle();
            _host.Time.Advance(TimeSpan.FromSeconds(26));
            Assert.Equal(": ping", await reader.ReadLineAsync());
            Assert.Equal("", await reader.ReadLineAsync());
        }
    }

    [Fact]
    public async Task A_server_that_goes_away_says_so_after_the_last_frame()
    {
        await using var client = await ConnectAsync("?channel=a");
        Publish("a", "last");
        await _host.Hub.Connections.CloseAllAsync(CancellationToken.None);
        Assert.Equal("last", (await client.ReadFrameAsync()).Content);
        var close = (await client.ReadAsync())!.Value;
        Assert.Equal(("close", """{"code":1001,"reason":"server going away","reconnect":true}"""), (close.EventType, close.Data));
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task Who_leaves_is_forgotten()
    {
        var client = await ConnectAsync("?channel=a");
        Assert.Equal(1, _host.Hub.Connections.Count);
        await client.DisposeAsync();
        await _host.Hub.Connections.CloseAllAsync(CancellationToken.None);
        Assert.Equal(0, _host.Hub.Connections.Count);
    }

    [Fact]
    public async Task A_reader_that_stalls_is_told_4008_and_comes_back_without_loss()
    {
        await using var host = await MessagingHost.StartAsync(["--BfProxy:Channels:MaxLagBytes=65536", "--BfProxy:Channels:HistorySize=5000", "--BfProxy:Channels:HistoryBytes=67108864"]);
        await using var stalled = await EventStreamClient.ConnectAsync(host.Address, "?channel=a");
        var stream = host.Hub.OpenStream(TestHub.Scope, ["a"], "act", "s");
        var chunk = new byte[16_000];
        chunk.AsSpan().Fill((byte)'x');
        // One who is still sending its reply would be cut off before the first of them.
        host.Settle();
        for (var i = 0; i < 2_000; i++)
        {
            stream.Delta(chunk);
            stream.Flush();
        }

        var last = 0L;
        while (await stalled.ReadAsync() is { } item)
        {
            if (item.EventType == "close")
            {
                Assert.Contains("4008", item.Data, StringComparison.Ordinal);
                break;
            }

            last = Frame.Parse(Encoding.UTF8.GetBytes(item.Data)).Offset;
        }

        Assert.InRange(last, 1, 1_999);
        await using var again = await EventStreamClient.ConnectAsync(host.Address, "?channel=a", stalled.LastEventId);
        Assert.Equal(last + 1, (await again.ReadFrameAsync()).From);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task However_often_it_reconnects_each_offset_comes_once_and_in_order(int seed)
    {
        const int Tokens = 900;
        string[] channels = ["a", "b"];
        var random = new Random(seed);
        var client = await ConnectAsync("?channel=a&channel=b");
        var publishing = Task.Run(() =>
        {
            var streams = Array.ConvertAll(channels, channel => _host.Hub.OpenStream(TestHub.Scope, [channel], "act", "s"));
            for (var i = 0; i < Tokens; i++)
            {
                streams[i % 2].Delta("x"u8);
                streams[i % 2].Flush();
                Thread.Yield();
            }
        });
        var heard = channels.ToDictionary(channel => channel, _ => 0L);
        while (heard.Values.Sum() < Tokens)
        {
            if (random.Next(4) == 0)
            {
                var id = client.LastEventId;
                await client.DisposeAsync();
                client = await ConnectAsync("?channel=a&channel=b", id);
                Assert.All(channels, channel => Assert.True(client.Channel(channel)["recovered"]!.GetValue<bool>()));
            }
            else
            {
                var frame = await client.ReadFrameAsync();
                Assert.Equal(heard[frame.Channel!] + 1, frame.From);
                heard[frame.Channel!] = frame.Offset;
            }
        }

        await client.DisposeAsync();
        await publishing;
    }

    [Fact]
    public async Task Over_http2_it_works_alike()
    {
        await using var host = await MessagingHost.StartAsync(protocols: HttpProtocols.Http2);
        await using var client = await EventStreamClient.ConnectAsync(host.Address, "?channel=a", version: HttpVersion.Version20);
        var text = ReplayTests.Tokens(host.Hub.OpenStream(TestHub.Scope, ["a"], "act", "s"), 1_000);
        var heard = "";
        while (heard.Length < text.Length)
        {
            heard += (await client.ReadFrameAsync()).Content;
        }

        Assert.Equal(text, heard);
    }

    private Task<EventStreamClient> ConnectAsync(string query = "", string? lastEventId = null) => EventStreamClient.ConnectAsync(_host.Address, query, lastEventId);

    private void Publish(string channel, string text)
    {
        var stream = _host.Hub.OpenStream(TestHub.Scope, [channel], "act", "s");
        stream.Delta(Encoding.UTF8.GetBytes(text));
        stream.Close();
    }
}
