using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Messaging;

public sealed class HandshakeTests
{
    [Fact]
    public async Task A_handshake_that_does_not_end_is_ended()
    {
        await using var host = await MessagingHost.StartAsync(services: services => services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1)));
        using var slow = new TcpClient();
        await slow.ConnectAsync(host.Address.Host, host.Address.Port);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /message/connect HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: "));
        using var reader = new StreamReader(slow.GetStream(), Encoding.ASCII);
        Assert.Contains(" 408 ", await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_servers_own_limit_of_a_handshake_stands()
    {
        KestrelServerOptions? options = null;
        await using var host = await MessagingHost.StartAsync(services: services => services.PostConfigure<KestrelServerOptions>(kestrel => options = kestrel));
        Assert.Equal(new KestrelServerLimits().RequestHeadersTimeout, options!.Limits.RequestHeadersTimeout);
        Assert.Equal(new KestrelServerLimits().KeepAliveTimeout, options.Limits.KeepAliveTimeout);
    }
}
