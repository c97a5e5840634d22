using BfProxy.Channels;
using BfProxy.Security;
using BfProxy.Transforms.Contract;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Messaging;

/// <summary><c>GET /message/events</c>: makes a request into a connection that only sends, for those who cannot have a WebSocket.</summary>
internal sealed class EventsEndpoint(MessagingDependencies dependencies, Admission admission, EventStreams streams)
{
    public async Task StreamAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Get;
            await ErrorResponse.WriteAsync(context, new BfError { Status = 405, Message = "/message/events is called with GET" });
            return;
        }

        var (entrance, refusal) = await admission.AdmitAsync(context);
        if (entrance is null)
        {
            await ErrorResponse.WriteAsync(context, refusal!);
            return;
        }

        var visitor = entrance.Visitor;
        string[]? own = entrance.Token is null ? null : [.. (await dependencies.Users.GrantsOfAsync(visitor.Scope, entrance.Token, context.RequestAborted)).Select(static grant => grant.Channel)];
        if (!EventsRequest.TryRead(context.Request, visitor, own, dependencies.Hub.State.Options.MaxChannelsPerConnection, out var asked, out var fault))
        {
            await ErrorResponse.WriteAsync(context, fault);
            return;
        }

        foreach (var name in asked.Names)
        {
            if (await dependencies.PrivateNames.IsReservedAsync(visitor.Scope, name, context.RequestAborted))
            {
                await ErrorResponse.WriteAsync(context, EventsRequest.NotAllowed);
                return;
            }
        }

        await BeginAsync(context);
        var connection = new Connection(ConnectionId.New(), new EventStreamTransport(context.Response.BodyWriter, visitor, context.Abort), dependencies.Hub.State);
        var session = new EventStreamSession(new MessagingSession(dependencies, visitor, connection));
        streams.Add(session);
        try
        {
            using var registration = context.RequestAborted.UnsafeRegister(static connection => ((Connection)connection!).Abort(), connection);
            await session.RunAsync(asked, entrance.Token);
        }
        finally
        {
            streams.Remove(session);
        }
    }

    /// <summary>Nothing on the way may hold events back.</summary>
    private static Task BeginAsync(HttpContext context)
    {
        LongResponse.LiftDataRates(context);
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return context.Response.StartAsync(context.RequestAborted);
    }
}
