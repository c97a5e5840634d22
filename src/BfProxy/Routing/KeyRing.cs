namespace BfProxy.Routing;

/// <summary>A provider's server keys, taken in turn; one that the provider refused for a while rests. Where all rest, the one that wakes first is tried: the provider has the last word.</summary>
internal sealed class KeyRing(string[] keys)
{
    private readonly long[] _restUntil = new long[keys.Length];
    private int _next = -1;

    public int Count => keys.Length;

    /// <summary>The next key, or null where there is none.</summary>
    public string? Take(DateTimeOffset now)
    {
        if (keys.Length <= 1)
        {
            return keys.Length == 0 ? null : keys[0];
        }

        var start = (int)((uint)Interlocked.Increment(ref _next) % (uint)keys.Length);
        var best = start;
        for (var i = 0; i < keys.Length; i++)
        {
            var at = (start + i) % keys.Length;
            if (Volatile.Read(ref _restUntil[at]) <= now.UtcTicks)
            {
                return keys[at];
            }

            best = _restUntil[at] < _restUntil[best] ? at : best;
        }

        return keys[best];
    }

    /// <summary>Rests a key; true where another one is awake to take its place.</summary>
    public bool Rest(string key, DateTimeOffset now, TimeSpan rest)
    {
        var index = Array.IndexOf(keys, key);
        if (index < 0 || keys.Length == 1)
        {
            return false;
        }

        Volatile.Write(ref _restUntil[index], (now + rest).UtcTicks);
        return Array.Exists(_restUntil, until => until <= now.UtcTicks);
    }
}
