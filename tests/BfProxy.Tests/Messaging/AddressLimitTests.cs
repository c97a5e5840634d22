using System.Net;
using System.Net.WebSockets;

namespace BfProxy.Tests.Messaging;

public sealed class AddressLimitTests
{
    [Fact]
    public async Task An_address_has_so_many_connections_and_gets_a_place_back_when_one_ends()
    {
        await using var host = await MessagingHost.StartAsync(["--BfProxy:Apps:demo:ConnectionsPerAddress=3"]);
        using var first = await host.ConnectAsync();
        using var second = await host.ConnectAsync();
        await using var third = await EventStreamClient.ConnectAsync(host.Address);
        await using var refused = await EventStreamClient.ConnectAsync(host.Address);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Response.StatusCode);
        Assert.NotNull(refused.Response.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(host));

        await first.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        HttpStatusCode status;
        do
        {
            status = await StatusAsync(host);
        }
        while (status == HttpStatusCode.TooManyRequests);

        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
    }

    private static async Task<HttpStatusCode> StatusAsync(MessagingHost host)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        await Record.ExceptionAsync(() => socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = "/message/connect" }.Uri, CancellationToken.None));
        return socket.HttpStatusCode;
    }
}
