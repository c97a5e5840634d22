using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using BfProxy.Tests.Host;

namespace BfProxy.Tests.Messaging;

/// <summary>Ten thousand connections of one address against a process of its own, which afterwards is as healthy as before.</summary>
public sealed class CrowdedAddressTests
{
    private const int Allowed = 50;
    private const int Attempts = 10_000;
    private const int AtOnce = 32;

    [Fact]
    public async Task Of_ten_thousand_connections_of_one_address_as_many_come_in_as_may_and_the_others_are_told_so()
    {
        await using var process = await ProxyProcess.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["BfProxy:Apps:test:ConnectionsPerAddress"] = $"{Allowed}" });
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = int.MaxValue });
        var open = new ConcurrentBag<ClientWebSocket>();
        var refused = 0;

        await Parallel.ForAsync(0, Attempts, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, cancellationToken) =>
        {
            var socket = new ClientWebSocket();
            socket.Options.CollectHttpResponseDetails = true;
            try
            {
                await ConnectAsync(socket, process.Address, http, cancellationToken);
                open.Add(socket);
            }
            catch (WebSocketException) when (socket.HttpStatusCode == HttpStatusCode.TooManyRequests)
            {
                Interlocked.Increment(ref refused);
                socket.Dispose();
            }
        });

        Assert.Equal((Allowed, Attempts - Allowed), (open.Count, refused));
        using var health = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(process.Address, "health/ready")), default);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);

        // Those who are in are served, and the place of one who leaves is free again.
        foreach (var socket in open)
        {
            Assert.Equal(WebSocketMessageType.Text, (await socket.ReceiveAsync(new byte[4096].AsMemory(), default)).MessageType);
        }

        Assert.True(open.TryTake(out var leaver));
        await leaver.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        leaver.Dispose();
        HttpStatusCode status;
        do
        {
            using var next = new ClientWebSocket();
            next.Options.CollectHttpResponseDetails = true;
            await Record.ExceptionAsync(() => ConnectAsync(next, process.Address, http, default));
            status = next.HttpStatusCode;
        }
        while (status == HttpStatusCode.TooManyRequests);

        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);

        foreach (var socket in open)
        {
            socket.Dispose();
        }
    }

    private static Task ConnectAsync(ClientWebSocket socket, Uri address, HttpMessageInvoker http, CancellationToken cancellationToken) =>
        socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/message/connect" }.Uri, http, cancellationToken);
}
