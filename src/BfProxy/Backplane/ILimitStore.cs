namespace BfProxy.Backplane;

/// <summary>
/// Counts that all nodes share and that bound what callers may do. In the memory of this process, or in Redis. Every call is atomic by itself.
/// A store that cannot be reached throws <see cref="StateUnavailableException"/>, within seconds.
/// </summary>
internal interface ILimitStore
{
    /// <summary>Adds to a sum, which begins anew a <paramref name="window"/> after its first addition.</summary>
    ValueTask<WindowSum> AddAsync(string key, long amount, TimeSpan window, CancellationToken cancellationToken);

    /// <summary>Takes one of so many places, for as long as it is renewed within its <paramref name="lease"/>; false where none is free.</summary>
    ValueTask<bool> TryTakeAsync(string key, string holder, int places, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Keeps places for another lease, those too that the store has lost.</summary>
    ValueTask RenewAsync(string key, IReadOnlyCollection<string> holders, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Gives a place back.</summary>
    ValueTask LeaveAsync(string key, string holder, CancellationToken cancellationToken);
}
