using System.Text.Json;
using BfProxy.Backplane;
using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>This node's sessions of users, by user, so that a change of his channels reaches them at once, from whatever node.</summary>
internal sealed class UserSessions
{
    private const string Kind = "messaging:membership";

    private readonly Lock _gate = new();
    private readonly Dictionary<(ChannelScope Scope, string UserId), MessagingSession[]> _sessions = [];
    private readonly INodeBus _bus;

    public UserSessions(INodeBus bus)
    {
        _bus = bus;
        bus.Handle(Kind, HandleAsync);
    }

    public void Add(MessagingSession session)
    {
        lock (_gate)
        {
            var key = KeyOf(session);
            _sessions[key] = [.. _sessions.GetValueOrDefault(key, []), session];
        }
    }

    public void Remove(MessagingSession session)
    {
        lock (_gate)
        {
            var key = KeyOf(session);
            var left = Array.FindAll(_sessions.GetValueOrDefault(key, []), other => other != session);
            if (left.Length == 0)
            {
                _sessions.Remove(key);
            }
            else
            {
                _sessions[key] = left;
            }
        }
    }

    /// <summary>All sessions of users here.</summary>
    public MessagingSession[] All()
    {
        lock (_gate)
        {
            return [.. _sessions.Values.SelectMany(static sessions => sessions)];
        }
    }

    /// <summary>Has all nodes read anew what the store says; done here when this returns.</summary>
    public ValueTask TellAsync(MembershipChange change, CancellationToken cancellationToken) =>
        _bus.TellAllAsync(Kind, JsonSerializer.SerializeToUtf8Bytes(change), cancellationToken);

    private async ValueTask<byte[]?> HandleAsync(ReadOnlyMemory<byte> message)
    {
        var change = JsonSerializer.Deserialize<MembershipChange>(message.Span)!;
        foreach (var session in Find(new ChannelScope(change.App, change.Host), change.UserId))
        {
            await session.RefreshAsync(change.Removed);
        }

        return null;
    }

    private MessagingSession[] Find(ChannelScope scope, string userId)
    {
        lock (_gate)
        {
            return _sessions.GetValueOrDefault((scope, userId), []);
        }
    }

    private static (ChannelScope Scope, string UserId) KeyOf(MessagingSession session) => (session.Visitor.Scope, session.User!.User.Id);
}
