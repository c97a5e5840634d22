using BfProxy.Backplane;

namespace BfProxy.Limits;

/// <summary>
/// Places of which there are only so many on all nodes together, such as streams of an app. A node renews those that it holds; those of a
/// node that is lost are free again after <see cref="Lease"/>. While the shared store is away, a node counts its own places only.
/// </summary>
internal sealed class Places(ILimitStore store, TimeProvider time, ILogger<Places> logger) : BackgroundService
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();

    /// <summary>The holders on this node by key, and whether they have their place yet.</summary>
    private readonly Dictionary<string, Dictionary<string, bool>> _held = new(StringComparer.Ordinal);

    /// <summary>Takes a place; false where none is free. Bounded in time by the store, and not to be cancelled: a place taken for nobody would be missed by others.</summary>
    public async ValueTask<bool> TryTakeAsync(string key, string holder, int places)
    {
        if (!TryHold(key, holder, places))
        {
            return false;
        }

        var isTaken = false;
        try
        {
            isTaken = await store.TryTakeAsync(key, holder, places, Lease, CancellationToken.None);
        }
        catch (StateUnavailableException)
        {
            // Alone: its own count said yes.
            isTaken = true;
        }
        finally
        {
            Settle(key, holder, isTaken);
        }

        return isTaken;
    }

    /// <summary>Gives a place back. Where the store is away, it is free at the end of its lease.</summary>
    public async ValueTask LeaveAsync(string key, string holder)
    {
        Settle(key, holder, isTaken: false);
        try
        {
            await store.LeaveAsync(key, holder, CancellationToken.None);
        }
        catch (StateUnavailableException)
        {
            // Nobody renews it now.
        }
    }

    /// <summary>Keeps what this node holds for another lease.</summary>
    public async ValueTask RenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (key, holders) in Taken())
            {
                await store.RenewAsync(key, holders, Lease, cancellationToken);
            }
        }
        catch (StateUnavailableException)
        {
            // The next time.
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The catch-all of this background loop: one fault must not end the process.
            LimitsLog.NotRenewed(logger, exception);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RenewAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends; what it still holds goes with its lease.
        }
    }

    private List<(string Key, List<string> Holders)> Taken()
    {
        lock (_gate)
        {
            return [.. _held.Select(static key => (key.Key, key.Value.Where(static holder => holder.Value).Select(static holder => holder.Key).ToList()))];
        }
    }

    private bool TryHold(string key, string holder, int places)
    {
        lock (_gate)
        {
            if (!_held.TryGetValue(key, out var holders))
            {
                _held[key] = holders = new(StringComparer.Ordinal);
            }

            return holders.Count < places && holders.TryAdd(holder, false);
        }
    }

    private void Settle(string key, string holder, bool isTaken)
    {
        lock (_gate)
        {
            if (isTaken)
            {
                _held[key][holder] = true;
            }
            else if (_held.TryGetValue(key, out var holders) && holders.Remove(holder) && holders.Count == 0)
            {
                _held.Remove(key);
            }
        }
    }
}
