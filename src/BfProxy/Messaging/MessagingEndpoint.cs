using System.Security.Cryptography;
using BfProxy.Backplane;
using BfProxy.Channels;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Security;
using BfProxy.Transforms.Contract;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BfProxy.Messaging;

/// <summary><c>/message/connect</c>: makes a request into a connection, which <see cref="SocketStage"/> then runs.</summary>
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

        var address = context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
        var visitor = new MessagingVisitor(new ChannelScope(app!.Name, app.ScopeHost(context.Request.Host.Host)), app.AnonymousChannels, address, bus.NodeId, await key.GetAsync(context.RequestAborted));

        LiftDataRates(context);
        var socket = await context.Features.GetRequiredFeature<IHttpWebSocketFeature>().AcceptAsync(Accept);
        // The request lives as long as the socket: what it was asked with goes, and so do, in all this class, objects that only wrap a feature.
        context.Request.Headers.Clear();
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var connection = new Connection(id, new WebSocketTransport(socket, context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>()), hub.State);
        hub.Connections.Add(connection);
        var session = new MessagingSession(engine, hub, visitor, streams, guesses, connection, new MessageReader(socket, hub.State.Options.MaxMessageBytes));
        context.Features.Set<IHttpWebSocketFeature>(new AcceptedSocket(session));
    }

    private static BfError? Refusal(HttpContext context, App? app)
    {
        if (context.Features.Get<IHttpWebSocketFeature>() is not { IsWebSocketRequest: true })
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
