using System.Collections.Concurrent;
using System.Text;
using BfProxy.Backplane;
using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>The event streams of this node, found by their connection's id from any node.</summary>
internal sealed class EventStreams
{
    private const string CommandKind = "messaging:command";
    private const byte EndOfId = (byte)'\n';

    private readonly ConcurrentDictionary<Connection, EventStreamSession> _sessions = new();
    private readonly ChannelHub _hub;
    private readonly INodeBus _bus;

    public EventStreams(ChannelHub hub, INodeBus bus)
    {
        (_hub, _bus) = (hub, bus);
        bus.Handle(CommandKind, HandleAsync);
    }

    public void Add(EventStreamSession session)
    {
        _sessions.TryAdd(session.Connection, session);
        _hub.Connections.Add(session.Connection);
    }

    public void Remove(EventStreamSession session)
    {
        session.Connection.Detach();
        _hub.Connections.Remove(session.Connection);
        _sessions.TryRemove(session.Connection, out _);
    }

    /// <summary>Has a command carried out where its connection lives. Null where it lives no more, or has a socket for its commands.</summary>
    public ValueTask<byte[]?> AskAsync(ResumeToken token, ReadOnlySpan<byte> command, CancellationToken cancellationToken) =>
        _bus.AskAsync(token.NodeId, CommandKind, (byte[])[.. Encoding.ASCII.GetBytes(token.ConnectionId), EndOfId, .. command], cancellationToken);

    private async ValueTask<byte[]?> HandleAsync(ReadOnlyMemory<byte> message)
    {
        var idLength = message.Span.IndexOf(EndOfId);
        var connection = _hub.Connections.Find(Encoding.ASCII.GetString(message.Span[..idLength]));
        if (connection is null || !_sessions.TryGetValue(connection, out var session))
        {
            return null;
        }

        return (await session.AskAsync(message[(idLength + 1)..]))?.ToArray();
    }
}
