using BfProxy.Backplane;
using BfProxy.Channels;
using BfProxy.Configuration;
using BfProxy.Security;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Messaging;

/// <summary>Decides whether a request may become a connection, and of which app.</summary>
internal sealed class Admission(Settings<AppCatalog> apps, MessagingKey key, INodeBus bus, AddressLimit limit, Tickets tickets, Authentication authentication, GuessLimiter guesses)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>The entrance, or the refusal.</summary>
    public async ValueTask<(Entrance? Entrance, BfError? Refusal)> AdmitAsync(HttpContext context)
    {
        if (apps.Current.ForConnection(context, out var refusal) is not { } app)
        {
            return (null, refusal);
        }

        if (!OriginCheck.IsAllowed(context, app))
        {
            return (null, new BfError { Status = 403, Message = "This origin is not allowed for the app", Kind = BfErrorKind.Permission });
        }

        var address = context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
        if (!await limit.TryTakeAsync(context, app, address))
        {
            return (null, new BfError { Status = 429, Message = "Too many connections from this address", RetryAfter = RetryAfter, Kind = BfErrorKind.RateLimit });
        }

        var visitor = new MessagingVisitor(ScopeOf(context, app), StringPool.Shared.GetOrAdd(context.Request.Host.Host), app.AnonymousChannels, address, bus.NodeId, await key.GetAsync());
        return QueryText.Once(context.Request.QueryString, "ticket") is { } ticket ? await RedeemAsync(visitor, ticket, context.RequestAborted) : (new Entrance(visitor, null), null);
    }

    /// <summary>A ticket is worth what its token is worth now. Who guesses tickets is slowed down.</summary>
    private async ValueTask<(Entrance? Entrance, BfError? Refusal)> RedeemAsync(MessagingVisitor visitor, string ticket, CancellationToken cancellationToken)
    {
        if (!guesses.MayGuess(visitor.Address))
        {
            return (null, new BfError { Status = 429, Message = MessagingErrors.TooManyTokens.Message, RetryAfter = TimeSpan.FromMinutes(1), Kind = BfErrorKind.RateLimit });
        }

        if (await tickets.RedeemAsync(visitor.Scope, ticket, cancellationToken) is not { } text)
        {
            guesses.WasWrong(visitor.Address);
            return (null, new BfError { Status = 401, Message = "ticket: unknown, used, or older than 30 s", Kind = BfErrorKind.Authentication });
        }

        return authentication.Read(visitor, text, out var token) is { } error
            ? (null, new BfError { Status = 401, Message = $"ticket: {error.Message}", Kind = BfErrorKind.Authentication })
            : (new Entrance(visitor, token), null);
    }

    public static ChannelScope ScopeOf(HttpContext context, App app) => new(app.Name, app.ScopeHost(context.Request.Host.Host));
}
