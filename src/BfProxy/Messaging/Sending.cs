using System.Text.Json;
using BfProxy.Channels;
using BfProxy.Hooks;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>The actions that send a message to channels: to open ones, and to a user's own, where its mode says who gets it.</summary>
internal sealed class Sending(IChannelEngine engine, MessageHooks hooks, HookClient hookClient)
{
    private static readonly string[] Options = ["channels", "actions", "model", "app"];

    public async ValueTask<OutboxItem> SendToOpenAsync(MessagingSession session, Command command)
    {
        var error = ReadMessage(command, out var channels);
        error ??= channels.All(channel => MaySendToOpen(session, channel)) ? null : MessagingErrors.NotAllowed;
        return error is null ? await PublishAsync(session, command, channels, Message.Frame(Message.Body(command), session, isAmongUsers: false)) : Refuse(command, error);
    }

    public async ValueTask<OutboxItem> SendToOwnAsync(MessagingSession session, Command command)
    {
        var error = ReadMessage(command, out var channels);
        error ??= channels.All(channel => session.User?.ModeOn(channel) is not null) ? null : MessagingErrors.NotAllowed;
        if (error is not null)
        {
            return Refuse(command, error);
        }

        var body = Message.Body(command);
        error = TellHook(session, [.. session.User!.Grants.Where(grant => grant.Mode is not ChannelMode.Ignore && channels.Contains(grant.Channel, StringComparer.Ordinal))], body);
        return error is null
            ? await PublishAsync(session, command, channels.Where(channel => session.User.ModeOn(channel) is not ChannelMode.Receive), Message.Frame(body, session, isAmongUsers: true))
            : Refuse(command, error);
    }

    private async ValueTask<OutboxItem> PublishAsync(MessagingSession session, Command command, IEnumerable<string> channels, ReadOnlyMemory<byte> frame)
    {
        foreach (var channel in channels)
        {
            await engine.PublishAsync(session.Visitor.Scope, channel, frame, CancellationToken.None);
        }

        return new OutboxItem(Reply.Ok(command.Id));
    }

    /// <summary>The back end first: what it cannot hear is refused, not sent by halves.</summary>
    private MessagingError? TellHook(MessagingSession session, ChannelGrant[] heard, ReadOnlyMemory<byte> body)
    {
        var (visitor, user) = (session.Visitor, session.User!.User);
        if (heard.Length > 0 && !hookClient.Has(visitor.Scope.App, HookKind.Messages))
        {
            return MessagingErrors.NotHeard;
        }

        var calls = heard.Select(grant => new MessageHookCall(
            grant.Channel, ChannelModes.NameOf(grant.Mode), body, new HookUser(user.Id, user.Email), session.Connection.Id, visitor.Host));
        return hooks.Enqueue(visitor.Scope.App, [.. calls]) ? null : MessagingErrors.TooManyWait;
    }

    private static bool MaySendToOpen(MessagingSession session, string channel)
    {
        var isOpen = ChannelNames.IsOpenToAnonymous(channel, session.Visitor.AnonymousChannels) && session.User?.User.Id != channel;
        return session.Find(channel) is not null && (isOpen || ChannelNames.IsTab(channel));
    }

    private static MessagingError? ReadMessage(in Command command, out IReadOnlyList<string> channels)
    {
        if (command.ReadChannels(out channels) is { } error)
        {
            return error;
        }

        foreach (var option in command.Options.EnumerateObject())
        {
            if (!Options.Contains(option.Name, StringComparer.Ordinal))
            {
                return MessagingErrors.UnknownOption(option.Name);
            }
        }

        return HasKind(command, "actions", JsonValueKind.Array) && HasKind(command, "model", JsonValueKind.Object) && HasKind(command, "app", JsonValueKind.Object)
            ? null
            : MessagingErrors.BadMessage;
    }

    private static bool HasKind(in Command command, string name, JsonValueKind kind) => !command.TryGet(name, out var value) || value.ValueKind == kind;

    private static OutboxItem Refuse(in Command command, MessagingError error) => new(Reply.Refused(command.Id, error));
}
