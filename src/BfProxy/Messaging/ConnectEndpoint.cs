using BfProxy.Channels;
using BfProxy.Security;
using BfProxy.Transforms.Contract;

namespace BfProxy.Messaging;

/// <summary><c>/message/connect</c>: makes a request into a WebSocket connection.</summary>
internal sealed class ConnectEndpoint(MessagingDependencies dependencies, Admission admission)
{
    /// <summary>No timer a socket: the hub pings. No compression: it costs far more than tokens weigh.</summary>
    private static readonly WebSocketAcceptContext Accept = new() { KeepAliveInterval = TimeSpan.Zero, DangerousEnableCompression = false };

    public async Task ConnectAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await ErrorResponse.WriteAsync(context, new BfError { Status = 400, Message = "This path is for WebSockets: an upgrade to websocket was expected" });
            return;
        }

        var (visitor, refusal) = await admission.AdmitAsync(context);
        if (visitor is null)
        {
            await ErrorResponse.WriteAsync(context, refusal!);
            return;
        }

        LongResponse.LiftDataRates(context);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(Accept);
        var hub = dependencies.Hub;
        var connection = new Connection(ConnectionId.New(), new WebSocketTransport(socket, context.Abort), hub.State);
        var session = new SocketSession(new MessagingSession(dependencies, visitor, connection), new MessageReader(socket, hub.State.Options.MaxMessageBytes));
        hub.Connections.Add(connection);
        try
        {
            // A reset of the transport does not always reach a pending send.
            using var registration = context.RequestAborted.UnsafeRegister(static connection => ((Connection)connection!).Abort(), connection);
            await session.RunAsync();
        }
        finally
        {
            connection.Detach();
            hub.Connections.Remove(connection);
        }
    }
}
