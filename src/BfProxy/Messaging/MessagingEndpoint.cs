using System.Security.Cryptography;
using BfProxy.Channels;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BfProxy.Messaging;

/// <summary><c>/message/connect</c>: makes a request into a connection.</summary>
internal sealed class MessagingEndpoint(ChannelHub hub, VisitorFinder findVisitor, StreamStopper stopStream)
{
    private const int IdBytes = 16;

    /// <summary>No timer a socket: the hub pings. No compression: it costs far more than tokens weigh.</summary>
    private static readonly WebSocketAcceptContext Accept = new() { KeepAliveInterval = TimeSpan.Zero, DangerousEnableCompression = false };

    public async Task ConnectAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        if (findVisitor(context) is not { } visitor)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        LiftDataRates(context);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(Accept);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var connection = new Connection(id, socket, hub.State, context.Abort);
        var session = new MessagingSession(hub, visitor, stopStream, connection, new MessageReader(socket, hub.State.Options.MaxMessageBytes));
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

    /// <summary>Kestrel's minimum rates would end a reader who only pauses; our own limits of lag do.</summary>
    private static void LiftDataRates(HttpContext context)
    {
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } response)
        {
            response.MinDataRate = null;
        }

        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } request)
        {
            request.MinDataRate = null;
        }
    }
}
