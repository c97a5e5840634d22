using System.Text.Json;
using BfProxy.Backplane;
using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>
/// Names of users whose private channel a pattern in <c>AnonymousChannels</c> would open to everybody. They are reserved before any pattern:
/// written down when the user is first heard of, and whoever was on the channel by then has to go. Other users need no entry.
/// </summary>
internal sealed class PrivateNames
{
    private const string Kind = "messaging:private";
    private static readonly byte[] Taken = [1];

    private readonly ChannelHub _hub;
    private readonly IStateStore _store;
    private readonly INodeBus _bus;

    public PrivateNames(ChannelHub hub, IStateStore store, INodeBus bus)
    {
        (_hub, _store, _bus) = (hub, store, bus);
        bus.Handle(Kind, HandleAsync);
    }

    public async ValueTask ReserveAsync(ChannelScope scope, IReadOnlyList<string> patterns, string userId, CancellationToken cancellationToken)
    {
        if (ChannelNames.IsOpenToAnonymous(userId, patterns) && await _store.TryAddAsync(KeyOf(scope, userId), Taken, timeToLive: null, cancellationToken))
        {
            await _bus.TellAllAsync(Kind, JsonSerializer.SerializeToUtf8Bytes<string[]>([scope.App, scope.Host, userId]), cancellationToken);
        }
    }

    /// <summary>Whether a name that a pattern opens is a user's. To be asked after a join, not before: then no reservation falls in between.</summary>
    public async ValueTask<bool> IsReservedAsync(ChannelScope scope, string name, CancellationToken cancellationToken)
    {
        if (string.Equals(name, ChannelNames.Anonymous, StringComparison.Ordinal))
        {
            return false;
        }

        try
        {
            return await _store.GetAsync(KeyOf(scope, name), cancellationToken) is not null;
        }
        catch (StateUnavailableException)
        {
            // The node is alone: only what goes out here can be overheard, and only by the user's own connections here is it private.
            return _hub.ConnectionsOn(scope, name).Any(connection => connection.User?.Id == name);
        }
    }

    private ValueTask<byte[]?> HandleAsync(ReadOnlyMemory<byte> message)
    {
        if (JsonSerializer.Deserialize<string[]>(message.Span) is [var app, var host, var name])
        {
            foreach (var connection in _hub.ConnectionsOn(new ChannelScope(app, host), name).Where(connection => connection.User?.Id != name))
            {
                connection.Close(ConnectionEnd.BecamePrivate);
            }
        }

        return new((byte[]?)null);
    }

    private static string KeyOf(ChannelScope scope, string name) => $"messaging:private:{scope.App}\0{scope.Host}\0{name}";
}
