using BfProxy.Channels;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Security;
using BfProxy.Transforms.Contract;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace BfProxy.Messaging;

internal static class MessagingSetup
{
    private const int SendBufferBytes = 16 * 1024;
    private const int MaxWriteBufferBytes = 8 * 1024;

    /// <summary>Adds the socket endpoint.</summary>
    public static IServiceCollection AddMessaging(this IServiceCollection services) =>
        services
            .AddSingleton<VisitorFinder>(FindVisitor)
            .AddSingleton<StreamStopper>(static provider =>
            {
                var streams = provider.GetRequiredService<RunningStreams>();
                return (scope, streamId) => streams.Stop(streamId, new StreamOwner(scope.App, scope.Host));
            })
            .AddSingleton<MessagingEndpoint>()
            .Configure<SocketTransportOptions>(LimitBuffers);

    /// <summary>For every method: an HTTP/2 WebSocket comes as CONNECT.</summary>
    public static void MapMessaging(this IEndpointRouteBuilder endpoints)
    {
        var endpoint = endpoints.ServiceProvider.GetRequiredService<MessagingEndpoint>();
        var apps = endpoints.ServiceProvider.GetRequiredService<Settings<AppCatalog>>();
        endpoints.Map("/message/connect", context =>
            Refusal(context, apps.Current) is { } refusal ? ErrorResponse.WriteAsync(context, refusal) : endpoint.ConnectAsync(context));
    }

    private static BfError? Refusal(HttpContext context, AppCatalog apps)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            return new BfError { Status = 400, Message = "This path is for WebSockets: an Upgrade to websocket was expected" };
        }

        if (apps.ForConnection(context) is not { } app)
        {
            return new BfError { Status = 404, Message = "No app belongs to this host; name one with ?app=" };
        }

        return OriginCheck.IsAllowed(context, app) ? null : new BfError { Status = 403, Message = "This origin is not allowed for the app" };
    }

    private static MessagingVisitor? FindVisitor(HttpContext context)
    {
        var app = context.RequestServices.GetRequiredService<Settings<AppCatalog>>().Current.ForConnection(context);
        return app is null ? null : new MessagingVisitor(new ChannelScope(app.Name, app.ScopeHost(context.Request.Host.Host)), app.AnonymousChannels);
    }

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
