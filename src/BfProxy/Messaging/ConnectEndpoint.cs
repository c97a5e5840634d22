using BfProxy.Channels;
using BfProxy.Channels.Sockets;
using BfProxy.Security;
using BfProxy.Transforms.Contract;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Messaging;

/// <summary><c>/message/connect</c>: makes a request into a WebSocket connection, which <see cref="SocketStage"/> then runs.</summary>
internal sealed class ConnectEndpoint(MessagingDependencies dependencies, Admission admission)
{
    /// <summary>No timer a socket: the hub pings. No compression: it costs far more than tokens weigh.</summary>
    private static readonly WebSocketAcceptContext Accept = new() { KeepAliveInterval = TimeSpan.Zero, DangerousEnableCompression = false };

    public async Task ConnectAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpWebSocketFeature>() is not { IsWebSocketRequest: true } feature)
        {
            await ErrorResponse.WriteAsync(context, new BfError { Status = 400, Message = "This path is for WebSockets: an upgrade to websocket was expected" });
            return;
        }

        var (entrance, refusal) = await admission.AdmitAsync(context);
        if (entrance is null)
        {
            await ErrorResponse.WriteAsync(context, refusal!);
            return;
        }

        LongResponse.LiftDataRates(context);
        var socket = await feature.AcceptAsync(Accept);
        // The request lives as long as the socket: what it was asked with goes, and so do, in all this class, objects that only wrap a feature.
        context.Request.Headers.Clear();
        var hub = dependencies.Hub;
        var transport = new WebSocketTransport(socket, context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>(), SocketOutputSetup.OutputOf(context));
        var connection = new Connection(ConnectionId.New(), transport, hub.State);
        hub.Connections.Add(connection);
        var session = new SocketSession(hub.Connections, new MessagingSession(dependencies, entrance.Visitor, connection), entrance.Token, new MessageReader(socket, hub.State.Options.MaxMessageBytes));
        context.Features.Set<IHttpWebSocketFeature>(new AcceptedSocket(session));
    }
}
