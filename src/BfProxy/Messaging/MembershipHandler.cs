using BfProxy.Channels;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary><c>POST /message/adduser</c> and <c>/message/removeuser</c>: puts users on channels and takes them off, connected or not, on every node.</summary>
internal sealed class MembershipHandler(RequestIntake intake, Memberships memberships, PrivateNames names, UserSessions sessions)
{
    public Task AddAsync(HttpContext context) => HandleAsync(context, isAdding: true);

    public Task RemoveAsync(HttpContext context) => HandleAsync(context, isAdding: false);

    private async Task HandleAsync(HttpContext context, bool isAdding)
    {
        using var bf = await intake.ReadAsync(context);
        if (bf is null)
        {
            return;
        }

        if (!MembershipReader.TryRead(bf.Envelope.Root, isAdding ? bf.App.AnonymousChannels : null, out var orders, out var error))
        {
            await ServerAnswer.RefuseAsync(context, bf, error);
            return;
        }

        var scope = Admission.ScopeOf(context, bf.App);
        foreach (var order in orders)
        {
            if (isAdding)
            {
                await AddAsync(scope, bf.App, order, context.RequestAborted);
            }
            else
            {
                await RemoveAsync(scope, order, context.RequestAborted);
            }
        }

        await ServerAnswer.WriteAsync(context, json =>
        {
            json.WriteStartArray("users");
            foreach (var order in orders)
            {
                json.WriteStringValue(order.UserId);
            }

            json.WriteEndArray();
        });
    }

    private async ValueTask AddAsync(ChannelScope scope, App app, MembershipOrder order, CancellationToken cancellationToken)
    {
        await names.ReserveAsync(scope, app.AnonymousChannels, order.UserId, cancellationToken);
        await memberships.AddAsync(scope, order.UserId, order.Channels, cancellationToken);
        await sessions.TellAsync(new MembershipChange(scope.App, scope.Host, order.UserId, []), cancellationToken);
    }

    private async ValueTask RemoveAsync(ChannelScope scope, MembershipOrder order, CancellationToken cancellationToken)
    {
        string[] channels = [.. order.Channels.Select(static grant => grant.Channel)];
        await memberships.RemoveAsync(scope, order.UserId, channels, cancellationToken);
        await sessions.TellAsync(new MembershipChange(scope.App, scope.Host, order.UserId, channels), cancellationToken);
    }
}
