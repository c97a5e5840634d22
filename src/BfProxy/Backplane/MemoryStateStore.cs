namespace BfProxy.Backplane;

/// <summary>The state of a node that is alone; gone with the process.</summary>
internal sealed class MemoryStateStore(TimeProvider time) : IStateStore
{
    private const int WritesPerSweep = 256;
    private static readonly IReadOnlyDictionary<string, string> NoFields = new Dictionary<string, string>(StringComparer.Ordinal);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (byte[] Value, DateTimeOffset? Until)> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, string>> _maps = new(StringComparer.Ordinal);
    private int _writes;

    /// <summary>Never raised: memory is always there.</summary>
    public event Action? Returned
    {
        add { }
        remove { }
    }

    public bool IsAway => false;

    public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return new(Find(key));
        }
    }

    public ValueTask SetAsync(string key, byte[] value, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Put(key, value, timeToLive);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> TryAddAsync(string key, byte[] value, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var isFree = Find(key) is null;
            if (isFree)
            {
                Put(key, value, timeToLive);
            }

            return new(isFree);
        }
    }

    public ValueTask<bool> TryReplaceAsync(string key, byte[] expected, byte[] value, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var stands = Stands(key, expected);
            if (stands)
            {
                Put(key, value, timeToLive);
            }

            return new(stands);
        }
    }

    public ValueTask<byte[]?> TakeAsync(string key, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var value = Find(key);
            _values.Remove(key);
            return new(value);
        }
    }

    public ValueTask<bool> TryRemoveAsync(string key, byte[] expected, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return new(Stands(key, expected) && _values.Remove(key));
        }
    }

    public ValueTask<IReadOnlyDictionary<string, string>> GetMapAsync(string key, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return new(_maps.TryGetValue(key, out var map) ? new Dictionary<string, string>(map, StringComparer.Ordinal) : NoFields);
        }
    }

    public ValueTask SetFieldsAsync(string key, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (fields.Count > 0 && !_maps.ContainsKey(key))
            {
                _maps[key] = new(StringComparer.Ordinal);
            }

            foreach (var (name, value) in fields)
            {
                _maps[key][name] = value;
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask RemoveFieldsAsync(string key, IReadOnlyCollection<string> fields, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_maps.TryGetValue(key, out var map))
            {
                foreach (var name in fields)
                {
                    map.Remove(name);
                }

                if (map.Count == 0)
                {
                    _maps.Remove(key);
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    private byte[]? Find(string key) => _values.TryGetValue(key, out var entry) && IsAlive(entry.Until) ? entry.Value : null;

    private bool Stands(string key, byte[] expected) => Find(key) is { } value && value.AsSpan().SequenceEqual(expected);

    private bool IsAlive(DateTimeOffset? until) => until is null || time.GetUtcNow() < until;

    /// <summary>Now and then lets go of what nobody asked for in time.</summary>
    private void Put(string key, byte[] value, TimeSpan? timeToLive)
    {
        _values[key] = (value, time.GetUtcNow() + timeToLive);
        if (++_writes % WritesPerSweep == 0)
        {
            foreach (var (old, _) in _values.Where(entry => !IsAlive(entry.Value.Until)).ToList())
            {
                _values.Remove(old);
            }
        }
    }
}
