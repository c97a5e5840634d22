using BfProxy.Security;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace BfProxy.Messaging;

internal static class MessagingSetup
{
    private const int SendBufferBytes = 16 * 1024;

    public static IServiceCollection AddMessaging(this IServiceCollection services) =>
        services.AddSingleton<MessagingKey>()
            .AddSingleton<MessagingDependencies>()
            .AddServerApi()
            .AddSingleton<Resumption>()
            .AddSingleton<Memberships>()
            .AddSingleton<UserSessions>()
            .AddSingleton<PrivateNames>()
            .AddSingleton<UserChannels>()
            .AddSingleton<Authentication>()
            .AddSingleton<Sending>()
            .AddSingleton<StreamCommands>()
            .AddSingleton<AddressLimit>()
            .AddSingleton<Admission>()
            .AddSingleton<Tickets>()
            .AddSingleton<EventStreams>()
            .AddHostedService<Reunion>()
            .AddSingleton<ConnectEndpoint>()
            .AddSingleton<EventsEndpoint>()
            .AddSingleton<CommandEndpoint>()
            .AddTransient<IStartupFilter, SocketStage>()
            .Configure<SocketTransportOptions>(LimitBuffers);

    /// <summary>For every method: an HTTP/2 WebSocket comes as CONNECT, and a wrong method is answered by us.</summary>
    public static void MapMessaging(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        endpoints.Map("/message/connect", services.GetRequiredService<ConnectEndpoint>().ConnectAsync).WithMetadata(CrossOrigin.Instance);
        endpoints.Map("/message/events", services.GetRequiredService<EventsEndpoint>().StreamAsync).WithMetadata(CrossOrigin.Instance);
        endpoints.MapClientModule();
        endpoints.MapBfPost("/message/command", static (context, services) => services.GetRequiredService<CommandEndpoint>().HandleAsync(context));
        endpoints.MapServerApi();
    }

    /// <summary>A reader who stalls would otherwise be swallowed by megabytes of kernel buffers, and noticed far too late.</summary>
    private static void LimitBuffers(SocketTransportOptions options)
    {
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
