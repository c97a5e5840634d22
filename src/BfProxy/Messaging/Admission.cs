using BfProxy.Backplane;
using BfProxy.Channels;
using BfProxy.Configuration;
using BfProxy.Security;
using BfProxy.Transforms.Contract;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Messaging;

/// <summary>Decides whether a request may become a connection, and of which app.</summary>
internal sealed class Admission(Settings<AppCatalog> apps, MessagingKey key, INodeBus bus)
{
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

        var visitor = new MessagingVisitor(
            ScopeOf(context, app), app.AnonymousChannels, context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress, bus.NodeId, await key.GetAsync(context.RequestAborted));
        return (visitor, null);
    }

    public static ChannelScope ScopeOf(HttpContext context, App app) => new(app.Name, app.ScopeHost(context.Request.Host.Host));
}
