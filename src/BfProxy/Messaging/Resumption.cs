using System.Runtime.CompilerServices;
using BfProxy.Backplane;
using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>Moves a connection's id to the connection that resumed it. An id has one connection: the one that claimed it last, over all nodes.</summary>
internal sealed class Resumption
{
    private const string Kind = "messaging:resumed";

    private readonly ConditionalWeakTable<Connection, ConnectionClaim> _claims = [];
    private readonly ConditionalWeakTable<Connection, ConnectionClaim> _untold = [];
    private readonly ChannelHub _hub;
    private readonly INodeBus _bus;
    private readonly TimeProvider _time;

    public Resumption(ChannelHub hub, INodeBus bus, TimeProvider time)
    {
        (_hub, _bus, _time) = (hub, bus, time);
        bus.Handle(Kind, HandleAsync);
    }

    /// <summary>Gives <paramref name="connection"/> the id and closes whoever has it, here or elsewhere; elsewhere later, where the other nodes are out of reach.</summary>
    public async ValueTask ClaimAsync(Connection connection, string id, CancellationToken cancellationToken)
    {
        var claim = ConnectionClaim.New(id, _time.GetUtcNow());
        _claims.AddOrUpdate(connection, claim);
        _hub.Connections.Resume(connection, id);
        try
        {
            await _bus.TellAllAsync(Kind, claim.Write(), cancellationToken);
        }
        catch (StateUnavailableException)
        {
            _untold.AddOrUpdate(connection, claim);
        }
    }

    /// <summary>Says what the other nodes could not be told.</summary>
    public async ValueTask TellAgainAsync(CancellationToken cancellationToken)
    {
        foreach (var (connection, claim) in _untold)
        {
            if (connection.End is null)
            {
                await _bus.TellAllAsync(Kind, claim.Write(), cancellationToken);
            }

            _untold.Remove(connection);
        }
    }

    private ValueTask<byte[]?> HandleAsync(ReadOnlyMemory<byte> message)
    {
        var claim = ConnectionClaim.Read(message);
        if (_hub.Connections.Find(claim.ConnectionId) is { } connection)
        {
            var isLater = !_claims.TryGetValue(connection, out var known) || (known.Nonce != claim.Nonce && known.At <= claim.At);
            if (isLater)
            {
                connection.Close(ConnectionEnd.Resumed);
            }
        }

        return new((byte[]?)null);
    }
}
