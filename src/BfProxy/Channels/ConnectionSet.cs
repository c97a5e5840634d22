using System.Collections.Concurrent;

namespace BfProxy.Channels;

/// <summary>The connections of a hub, by id. One that lost its id to a connection that resumed it is among them until it is gone.</summary>
internal sealed class ConnectionSet
{
    private readonly ConcurrentDictionary<string, Connection> _connections = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Connection, byte> _displaced = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private bool _isClosing;

    /// <summary>Told of each connection that is gone.</summary>
    public Action<Connection>? Removed { get; set; }

    public int Count => _connections.Count + _displaced.Count;

    public Connection? Find(string id) => _connections.GetValueOrDefault(id);

    /// <summary>Adds a connection; once the server goes away it is closed at once.</summary>
    public void Add(Connection connection)
    {
        lock (_gate)
        {
            Put(connection);
        }

        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isClosing))
        {
            connection.Close(ConnectionEnd.GoingAway);
        }
    }

    public void Remove(Connection connection)
    {
        lock (_gate)
        {
            Drop(connection);
        }

        Removed?.Invoke(connection);
        SignalEmpty();
    }

    /// <summary>Gives a connection the id of another, which, where it is here and still open, is closed.</summary>
    public void Resume(Connection connection, string id)
    {
        lock (_gate)
        {
            Drop(connection);
            connection.Id = id;
            Put(connection);
        }
    }

    public void Tick()
    {
        foreach (var connection in All())
        {
            connection.Tick();
        }
    }

    /// <summary>Sends what is pending, closes all sockets with 1001 and waits until they are gone; those left when cancelled are aborted.</summary>
    public async Task CloseAllAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _isClosing, true);
        Interlocked.MemoryBarrier();
        foreach (var connection in All())
        {
            connection.Close(ConnectionEnd.GoingAway);
        }

        SignalEmpty();
        await using var registration = cancellationToken.UnsafeRegister(static set => ((ConnectionSet)set!).AbortAll(), this);
        await _empty.Task;
    }

    public IEnumerable<Connection> All() => _connections.Select(static pair => pair.Value).Concat(_displaced.Select(static pair => pair.Key));

    private void Put(Connection connection)
    {
        if (_connections.TryGetValue(connection.Id, out var former))
        {
            _displaced.TryAdd(former, 0);
            former.Close(ConnectionEnd.Resumed);
        }

        _connections[connection.Id] = connection;
    }

    private void Drop(Connection connection)
    {
        if (!_connections.TryRemove(new(connection.Id, connection)))
        {
            _displaced.TryRemove(connection, out _);
        }
    }

    private void AbortAll()
    {
        foreach (var connection in All())
        {
            connection.Abort();
        }
    }

    private void SignalEmpty()
    {
        if (!Volatile.Read(ref _isClosing))
        {
            return;
        }

        lock (_gate)
        {
            // Within the gate: one that changes its id just now is still there.
            if (Count == 0)
            {
                _empty.TrySetResult();
            }
        }
    }
}
