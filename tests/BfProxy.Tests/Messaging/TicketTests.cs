using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using BfProxy.Tests.Channels;
using BfProxy.Tests.Security;

namespace BfProxy.Tests.Messaging;

public sealed class TicketTests : IAsyncLifetime
{
    private UsersHost[] _nodes = [];

    private Uri Address => _nodes[0].Host.Address;

    public async Task InitializeAsync() => _nodes = await UsersHost.StartNodesAsync(2);

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_ticket_lets_its_user_in_on_any_node_once()
    {
        var ticket = await TicketAsync(TokenText.For("USER_1", ""","channels":[{"name":"sales","mode":"listen"}]"""));
        using var client = await MessagingClient.ConnectAsync(_nodes[1].Host.Address, query: $"ticket={ticket}");
        var greeting = JsonNode.Parse(client.Greeting)!;
        Assert.Equal("USER_1", greeting["user"]!.GetValue<string>());
        Assert.Equal(["", "listen", "ignore", "ignore"], greeting["channels"]!.AsArray().Select(channel => channel!["mode"]?.GetValue<string>() ?? ""));
        Assert.Equal([$"tab|{client.ConnectionId}", "sales", "USER_1", "authenticated"], greeting["channels"]!.AsArray().Select(channel => channel!["channel"]!.GetValue<string>()));
        Say(_nodes[1], "sales");
        Assert.Equal("sales", (await client.ReadFrameAsync()).Channel);
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusalAsync(ticket));
    }

    [Fact]
    public async Task An_event_stream_takes_a_ticket_and_its_cursor_covers_the_users_channels()
    {
        var token = TokenText.For("USER_1", ""","channels":["sales"]""");
        await using var client = await EventStreamClient.ConnectAsync(Address, $"?channel=chatRoom&channel=sales&ticket={await TicketAsync(token)}");
        Assert.Equal(["sales", "USER_1", "authenticated", "chatRoom"], client.Greeting["channels"]!.AsArray().Select(channel => channel!["channel"]!.GetValue<string>()).Skip(1));
        Say(_nodes[0], "sales");
        Assert.Equal(1, (await client.ReadFrameAsync()).Offset);
        Say(_nodes[0], "sales");
        await using var again = await EventStreamClient.ConnectAsync(Address, $"?channel=chatRoom&ticket={await TicketAsync(token)}", client.LastEventId);
        Assert.True(again.Channel("sales")["recovered"]!.GetValue<bool>());
        Assert.Equal(2, (await again.ReadFrameAsync()).Offset);
    }

    [Fact]
    public async Task An_event_stream_may_authenticate_by_command()
    {
        await using var client = await EventStreamClient.ConnectAsync(Address);
        Assert.StartsWith("""{"id":3,"ok":true,"user":"USER_1",""", await client.AskAsync($$$""" "id":3,"action":"authenticate","options":{"token":"{{{TokenText.For("USER_1")}}}"} """), StringComparison.Ordinal);
        Say(_nodes[0], "authenticated");
        Assert.Equal("authenticated", (await client.ReadFrameAsync()).Channel);
    }

    [Fact]
    public async Task Channels_that_are_not_the_users_are_not_to_be_had()
    {
        var ticket = await TicketAsync(TokenText.For("USER_1"));
        await using var client = await EventStreamClient.ConnectAsync(Address, $"?channel=USER_2&ticket={ticket}");
        Assert.Equal(HttpStatusCode.Forbidden, client.Response.StatusCode);
    }

    [Fact]
    public async Task A_ticket_is_good_for_half_a_minute()
    {
        var ticket = await TicketAsync(TokenText.For("USER_1"));
        await using var host = await UsersHost.StartAsync();
        var mine = JsonNode.Parse((await host.PostAsync("ticket", $"\"token\":\"{TokenText.For("USER_1")}\"")).Body)!["ticket"]!.GetValue<string>();
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusalAsync(ticket, host.Host.Address));
        host.Host.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusalAsync(mine, host.Host.Address));
    }

    [Fact]
    public async Task A_ticket_is_worth_no_more_than_its_token()
    {
        await using var host = await UsersHost.StartAsync();
        var token = TokenText.Make("""{"sub":"USER_1","exp":1767225610}""");
        var ticket = JsonNode.Parse((await host.PostAsync("ticket", $"\"token\":\"{token}\"")).Body)!["ticket"]!.GetValue<string>();
        host.Host.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusalAsync(ticket, host.Host.Address));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"token\":7")]
    [InlineData("\"token\":\"a.b.c\"")]
    public async Task Without_a_token_there_is_no_ticket(string members)
    {
        var (status, body) = await _nodes[0].PostAsync("ticket", members);
        Assert.Equal(401, status);
        Assert.Contains("not-authenticated", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_needs_no_key_for_a_ticket_but_its_own_app()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address };
        using var answer = await http.PostAsync("/message/ticket", new StringContent($$"""{"token":"{{TokenText.For("USER_1")}}"}"""));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/message/ticket") { Content = new StringContent($$"""{"token":"{{TokenText.For("USER_1")}}"}""") };
        request.Headers.Add("Origin", "https://evil.example");
        using var refused = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Guessed_tickets_are_counted()
    {
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await RefusalAsync($"guess{i}"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await RefusalAsync("guess"));
    }

    private async Task<string> TicketAsync(string token)
    {
        var answer = JsonNode.Parse(await _nodes[0].CallAsync("ticket", $"\"token\":\"{token}\""))!;
        Assert.Equal(30, answer["expiresIn"]!.GetValue<int>());
        return answer["ticket"]!.GetValue<string>();
    }

    /// <summary>The status with which a WebSocket is refused.</summary>
    private async Task<HttpStatusCode> RefusalAsync(string ticket, Uri? address = null)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        var uri = new UriBuilder(address ?? Address) { Scheme = "ws", Path = "/message/connect", Query = $"ticket={ticket}" };
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(uri.Uri, CancellationToken.None));
        return socket.HttpStatusCode;
    }

    private static void Say(UsersHost node, string channel) => node.Host.Hub.Publish(TestHub.Scope, channel, "\"message\":{}}"u8.ToArray());
}
