using System.Collections.Concurrent;

namespace BfProxy.Channels;

/// <summary>The connections of a hub.</summary>
internal sealed class ConnectionSet
{
    private readonly ConcurrentDictionary<Connection, byte> _connections = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isClosing;

    public int Count => _connections.Count;

    /// <summary>Adds a connection; once the server goes away it is closed at once.</summary>
    public void Add(Connection connection)
    {
        _connections.TryAdd(connection, 0);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isClosing))
        {
            connection.Close(ConnectionEnd.GoingAway);
        }
    }

    public void Remove(Connection connection)
    {
        _connections.TryRemove(connection, out _);
        SignalEmpty();
    }

    public void Tick()
    {
        foreach (var (connection, _) in _connections)
        {
            connection.Tick();
        }
    }

    /// <summary>Sends what is pending, closes all sockets with 1001 and waits until they are gone; those left when cancelled are aborted.</summary>
    public async Task CloseAllAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _isClosing, true);
        Interlocked.MemoryBarrier();
        foreach (var (connection, _) in _connections)
        {
            connection.Close(ConnectionEnd.GoingAway);
        }

        SignalEmpty();
        await using var registration = cancellationToken.UnsafeRegister(static set => ((ConnectionSet)set!).AbortAll(), this);
        await _empty.Task;
    }

    private void AbortAll()
    {
        foreach (var (connection, _) in _connections)
        {
            connection.Abort();
        }
    }

    private void SignalEmpty()
    {
        if (Volatile.Read(ref _isClosing) && _connections.IsEmpty)
        {
            _empty.TrySetResult();
        }
    }
}
