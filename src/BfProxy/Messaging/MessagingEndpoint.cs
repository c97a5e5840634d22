using System.Security.Cryptography;
using BfProxy.Backplane;
using BfProxy.Channels;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Security;
using BfProxy.Transforms.Contract;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BfProxy.Messaging;

/// <summary><c>/message/connect</c>: makes a request into a connection.</summary>
internal sealed class MessagingEndpoint(ChannelHub hub, IChannelEngine engine, Settings<AppCatalog> apps, RunningStreams streams, GuessLimiter guesses, MessagingKey key, INodeBus bus)
{
    private const int IdBytes = 16;

    /// <summary>No timer a socket: the hub pings. No compression: it costs far more than tokens weigh.</summary>
    private static readonly WebSocketAcceptContext Accept = new() { KeepAliveInterval = TimeSpan.Zero, DangerousEnableCompression = false };

    public async Task ConnectAsync(HttpContext context)
    {
        var app = apps.Current.ForConnection(context);
        if (Refusal(context, app) is { } refusal)
        {
            await ErrorResponse.WriteAsync(context, refusal);
            return;
        }

        var visitor = new MessagingVisitor(new ChannelScope(app!.Name, app.ScopeHost(context.Request.Host.Host)), app.AnonymousChannels, context.Connection.RemoteIpAddress, bus.NodeId, await key.GetAsync(context.RequestAborted));

        LiftDataRates(context);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(Accept);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var connection = new Connection(id, new WebSocketTransport(socket, context.Abort), hub.State);
        var session = new MessagingSession(engine, hub.State, visitor, streams, guesses, connection, new MessageReader(socket, hub.State.Options.MaxMessageBytes));
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

    private static BfError? Refusal(HttpContext context, App? app)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            return new BfError { Status = 400, Message = "This path is for WebSockets: an upgrade to websocket was expected" };
        }

        if (app is null)
        {
            return new BfError { Status = 404, Message = "No app belongs to this host; name one with ?app=" };
        }

        return OriginCheck.IsAllowed(context, app) ? null : new BfError { Status = 403, Message = "This origin is not allowed for the app" };
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
