namespace BfProxy.Backplane;

/// <summary>The counts of a node that is alone.</summary>
internal sealed class MemoryLimitStore(TimeProvider time) : ILimitStore
{
    private const int AdditionsPerSweep = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Sum, DateTimeOffset Until)> _sums = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, DateTimeOffset>> _places = new(StringComparer.Ordinal);
    private int _additions;

    public ValueTask<WindowSum> AddAsync(string key, long amount, TimeSpan window, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (++_additions % AdditionsPerSweep == 0)
            {
                foreach (var (old, _) in _sums.Where(sum => sum.Value.Until <= now).ToList())
                {
                    _sums.Remove(old);
                }
            }

            var (before, until) = _sums.TryGetValue(key, out var known) && now < known.Until ? known : (0, now + window);
            _sums[key] = (before + amount, until);
            return new(new WindowSum(before + amount, until - now));
        }
    }

    public ValueTask<bool> TryTakeAsync(string key, string holder, int places, TimeSpan lease, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var holders = HoldersOf(key);
            foreach (var (gone, _) in holders.Where(place => place.Value <= now).ToList())
            {
                holders.Remove(gone);
            }

            var isFree = holders.Count < places || holders.ContainsKey(holder);
            if (isFree)
            {
                holders[holder] = now + lease;
            }

            return new(isFree);
        }
    }

    public ValueTask RenewAsync(string key, IReadOnlyCollection<string> holders, TimeSpan lease, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var places = HoldersOf(key);
            foreach (var holder in holders)
            {
                places[holder] = time.GetUtcNow() + lease;
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask LeaveAsync(string key, string holder, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_places.TryGetValue(key, out var holders) && holders.Remove(holder) && holders.Count == 0)
            {
                _places.Remove(key);
            }
        }

        return ValueTask.CompletedTask;
    }

    private Dictionary<string, DateTimeOffset> HoldersOf(string key)
    {
        if (!_places.TryGetValue(key, out var holders))
        {
            _places[key] = holders = new(StringComparer.Ordinal);
        }

        return holders;
    }
}
