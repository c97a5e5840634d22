using System.Diagnostics.CodeAnalysis;

namespace BfProxy.Channels.Redis;

/// <summary>Entries that came before one that must be appended first. Bounded: what is not held is read from Redis' log.</summary>
internal sealed class EarlyEntries
{
    private const int MaxEntries = 1024;

    private readonly SortedDictionary<long, Entry> _entries = [];

    public bool IsEmpty => _entries.Count == 0;

    /// <summary>The first offset that is held; only where not <see cref="IsEmpty"/>.</summary>
    public long First => _entries.First().Key;

    public bool TryHold(in Entry entry)
    {
        if (_entries.Count >= MaxEntries)
        {
            return false;
        }

        _entries[entry.First] = entry;
        return true;
    }

    /// <summary>Takes the first entry, unless it is one of this epoch that still has to wait for <paramref name="next"/>.</summary>
    public bool TryTake(int epoch, long next, [MaybeNullWhen(false)] out Entry entry)
    {
        entry = default;
        if (_entries.Count == 0)
        {
            return false;
        }

        var (first, found) = _entries.First();
        if (found.Epoch == epoch && first > next)
        {
            return false;
        }

        _entries.Remove(first);
        entry = found;
        return true;
    }
}
