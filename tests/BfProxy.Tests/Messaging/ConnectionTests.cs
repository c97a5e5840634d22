using System.Net;
using System.Net.WebSockets;
using System.Text;
using BfProxy.Tests.Channels;
using BfProxy.Tests.Host;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BfProxy.Tests.Messaging;

public sealed class ConnectionTests
{
    [Fact]
    public async Task A_binary_message_is_closed_with_1003()
    {
        await using var host = await MessagingHost.StartAsync();
        using var client = await host.ConnectAsync();
        await client.SendAsync([1, 2, 3], WebSocketMessageType.Binary);
        Assert.Equal("closed 1003", await client.ReadAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public async Task A_message_that_is_too_large_is_closed_with_1009(int fragments)
    {
        await using var host = await MessagingHost.StartAsync();
        using var client = await host.ConnectAsync();
        var part = new byte[65_600 / fragments];
        part.AsSpan().Fill((byte)' ');
        for (var i = 1; i <= fragments; i++)
        {
            await client.SendAsync(part, end: i == fragments);
        }

        Assert.Equal("closed 1009", await client.ReadAsync());
    }

    [Fact]
    public async Task A_message_as_large_as_allowed_is_read()
    {
        await using var host = await MessagingHost.StartAsync();
        using var client = await host.ConnectAsync();
        const string Command = """{"id":1,"action":"fly"}""";
        Assert.Contains("10102", await client.AskAsync(Command.PadRight(64 * 1024)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_is_not_utf8_ends_the_connection_and_no_other()
    {
        await using var host = await MessagingHost.StartAsync();
        using var client = await host.ConnectAsync();
        using var other = await host.ConnectAsync();
        await client.SendAsync([0x22, 0xFF, 0xFE, 0x22]);

        // .NET's socket says 1007 and resets at once, which may overtake the word.
        await Record.ExceptionAsync(client.ReadAsync);
        Assert.NotEqual(WebSocketState.Open, client.Socket.State);
        Assert.Contains("10102", await other.AskAsync("""{"action":"fly"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_in_fragments_is_put_together()
    {
        await using var host = await MessagingHost.StartAsync();
        using var client = await host.ConnectAsync();
        var command = Encoding.UTF8.GetBytes("""{"id":"日","action":"channelJoinAnon","options":{"channel":"a"}}""");
        for (var i = 0; i < command.Length; i++)
        {
            await client.SendAsync([command[i]], end: i == command.Length - 1);
        }

        Assert.StartsWith("""{"id":"日","ok":true""", await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_close_is_answered_and_forgets_the_connection()
    {
        await using var host = await MessagingHost.StartAsync();
        using var client = await host.ConnectAsync();
        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.Socket.CloseStatus);
        await host.Hub.Connections.CloseAllAsync(CancellationToken.None);
        Assert.Equal(0, host.Hub.Connections.Count);
    }

    [Fact]
    public async Task A_client_that_vanishes_is_forgotten()
    {
        await using var host = await MessagingHost.StartAsync();
        using var stays = await host.ConnectAsync();
        using (var client = await host.ConnectAsync())
        {
            client.Socket.Abort();
        }

        var closing = host.Hub.Connections.CloseAllAsync(CancellationToken.None);
        Assert.Equal("closed 1001", await stays.ReadAsync());
        await stays.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        await closing;
    }

    [Fact]
    public async Task What_is_there_together_comes_in_one_piece()
    {
        await using var host = await MessagingHost.StartAsync();
        using var page = new RawCaller();
        var greeting = await page.AskAsync(host.Address, "GET /message/connect HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        while (!greeting.Contains("connectionId", StringComparison.Ordinal))
        {
            greeting += await page.ReadAsync();
        }

        host.Settle();
        // Two writes may become one by chance, but not each time.
        for (var i = 0; i < 10; i++)
        {
            var before = page.Pieces;
            var stream = host.Hub.OpenStream(TestHub.Scope, ["anonymous"], "act", $"s{i}");
            stream.Delta("some"u8);
            stream.Event("""{"type":"stop"}"""u8);
            stream.Event("""{"type":"end"}"""u8);
            stream.Flush();

            var heard = "";
            while (!heard.Contains("\"end\"", StringComparison.Ordinal))
            {
                heard += await page.ReadAsync();
            }

            Assert.Equal(1, page.Pieces - before);
        }
    }

    [Fact]
    public async Task Over_http2_a_connection_works_alike()
    {
        await using var host = await MessagingHost.StartAsync(protocols: HttpProtocols.Http2);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        using var client = await MessagingClient.ConnectAsync(host.Address, invoker);
        Assert.Contains("\"ok\":true", await client.AskAsync("""{"action":"channelJoinAnon","options":{"channel":"a"}}"""), StringComparison.Ordinal);
        var text = ReplayTests.Tokens(host.Hub.OpenStream(TestHub.Scope, ["a"], "act", "s"), 1_000);
        var heard = "";
        while (heard.Length < text.Length)
        {
            heard += (await client.ReadFrameAsync()).Content;
        }

        Assert.Equal(text, heard);
    }

    [Theory]
    [InlineData("?app=nobody", HttpStatusCode.NotFound)]
    [InlineData("", HttpStatusCode.SwitchingProtocols)]
    public async Task A_connection_without_an_app_is_refused(string query, HttpStatusCode status)
    {
        await using var host = await MessagingHost.StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        var uri = new Uri($"ws://{host.Address.Authority}/message/connect{query}");
        await Record.ExceptionAsync(() => socket.ConnectAsync(uri, CancellationToken.None));
        Assert.Equal(status, socket.HttpStatusCode);
    }

    [Fact]
    public async Task A_request_that_is_no_websocket_is_refused()
    {
        await using var host = await MessagingHost.StartAsync();
        using var handler = new SocketsHttpHandler();
        using var http = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Address, "/message/connect"));
        using var response = await http.SendAsync(request, CancellationToken.None);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_client_that_answered_once_is_pinged_and_closed_with_4009()
    {
        await using var host = await MessagingHost.StartAsync();
        using var client = await host.ConnectAsync();
        Pass(host);
        Assert.Equal("""{"ping":1}""", await client.ReadAsync());
        await client.SendAsync("""{"pong":1}""");
        Assert.Contains("10102", await client.AskAsync("""{"action":"fly"}"""), StringComparison.Ordinal);
        Pass(host);
        Assert.Equal("""{"ping":2}""", await client.ReadAsync());
        Pass(host);
        Assert.Equal("""{"ping":3}""", await client.ReadAsync());
        Pass(host);
        Assert.Equal("closed 4009", await client.ReadAsync());
    }

    [Fact]
    public async Task A_reader_that_stalls_is_closed_with_4008_and_can_come_back()
    {
        const string Join = """{"action":"channelJoinAnon","options":{"channel":"a","since":{"epoch":"EPOCH","offset":OFFSET}}}""";
        await using var host = await MessagingHost.StartAsync(["--BfProxy:Channels:MaxLagBytes=65536", "--BfProxy:Channels:HistorySize=5000", "--BfProxy:Channels:HistoryBytes=67108864"]);
        using var stalled = await host.ConnectAsync();
        var reply = await stalled.AskAsync("""{"action":"channelJoinAnon","options":{"channel":"a"}}""");
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

        var (offset, last) = await ReadToEndAsync(stalled);
        Assert.Equal("closed 4008", last);
        Assert.InRange(offset, 1, 1_999);
        using var again = await host.ConnectAsync();
        var epoch = System.Text.Json.JsonDocument.Parse(reply).RootElement.GetProperty("epoch").GetString();
        reply = await again.AskAsync(Join.Replace("EPOCH", epoch, StringComparison.Ordinal).Replace("OFFSET", $"{offset}", StringComparison.Ordinal));
        Assert.Contains("\"recovered\":true", reply, StringComparison.Ordinal);
        Assert.Equal(offset + 1, (await again.ReadFrameAsync()).From);
    }

    /// <summary>Lets the interval of a ping pass for connections of which none is in the middle of sending.</summary>
    private static void Pass(MessagingHost host)
    {
        host.Settle();
        host.Time.Advance(TimeSpan.FromSeconds(26));
    }

    private static async Task<(long Offset, string Last)> ReadToEndAsync(MessagingClient client)
    {
        var offset = 0L;
        while (true)
        {
            var text = await client.ReadAsync();
            if (text.StartsWith("closed", StringComparison.Ordinal))
            {
                return (offset, text);
            }

            offset = Frame.Parse(Encoding.UTF8.GetBytes(text)).Offset;
        }
    }
}
