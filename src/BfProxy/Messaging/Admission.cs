using BfProxy.Backplane;
using BfProxy.Channels;
using BfProxy.Configuration;
using BfProxy.Security;
using BfProxy.Transforms.Contract;
using CommunityToolkit.HighPerformance.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Messaging;

/// <summary>Decides whether a request may become a connection, and of which app.</summary>
internal sealed class Admission(Settings<AppCatalog> apps, MessagingKey key, INodeBus bus, AddressLimit limit)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>The visitor, or the refusal.</summary>
    public async ValueTask<(MessagingVisitor? Visitor, BfError? Refusal)> AdmitAsync(HttpContext context)
    {
        if (apps.Current.ForConnection(context) is not { } app)
        {
            return (null, new BfError { Status = 404, Message = "No app belongs to this host; name one with ?app=" });
        }

        if (!OriginCheck.IsAllowed(context, app))
        {
            return (null, new BfError { Status = 403, Message = "This origin is not allowed for the app", Kind = BfErrorKind.Permission });
        }

        var address = context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
        if (!limit.TryTake(context, app, address))
        {
            return (null, new BfError { Status = 429, Message = "Too many connections from this address", RetryAfter = RetryAfter, Kind = BfErrorKind.RateLimit });
        }

        return (new MessagingVisitor(ScopeOf(context, app), StringPool.Shared.GetOrAdd(context.Request.Host.Host), app.AnonymousChannels, address, bus.NodeId, await key.GetAsync(context.RequestAborted)), null);
    }

    public static ChannelScope ScopeOf(HttpContext context, App app) => new(app.Name, app.ScopeHost(context.Request.Host.Host));
}
