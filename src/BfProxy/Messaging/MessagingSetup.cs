using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace BfProxy.Messaging;

internal static class MessagingSetup
{
    private const int SendBufferBytes = 16 * 1024;
    private const int MaxWriteBufferBytes = 8 * 1024;

    public static IServiceCollection AddMessaging(this IServiceCollection services) =>
        services.AddSingleton<MessagingKey>()
            .AddSingleton<MessagingEndpoint>()
            .AddTransient<IStartupFilter, SocketStage>()
            .Configure<SocketTransportOptions>(LimitBuffers);

    /// <summary>For every method: an HTTP/2 WebSocket comes as CONNECT.</summary>
    public static void MapMessaging(this IEndpointRouteBuilder endpoints) =>
        endpoints.Map("/message/connect", endpoints.ServiceProvider.GetRequiredService<MessagingEndpoint>().ConnectAsync);

    /// <summary>A reader who stalls would otherwise be swallowed by megabytes of kernel buffers, and noticed far too late.</summary>
    private static void LimitBuffers(SocketTransportOptions options)
    {
        options.MaxWriteBufferSize = MaxWriteBufferBytes;
        var create = options.CreateBoundListenSocket;
        options.CreateBoundListenSocket = endpoint =>
        {
            var socket = create(endpoint);
            // Accepted sockets inherit it.
            socket.SendBufferSize = SendBufferBytes;
            return socket;
        };
    }
}
