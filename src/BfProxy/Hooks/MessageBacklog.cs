namespace BfProxy.Hooks;

/// <summary>What an app's message hook is behind. Guarded by its owner's lock.</summary>
internal sealed class MessageBacklog
{
    /// <summary>Between two log lines that tell of drops.</summary>
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private long _unlogged;
    private long? _loggedAt;

    /// <summary>Bytes of messages that wait, those being sent included.</summary>
    public long Bytes { get; set; }

    /// <summary>Counts drops; gives how many to log, or 0 where the last log line is too young.</summary>
    public long Dropped(int count, TimeProvider time)
    {
        _unlogged += count;
        if (_loggedAt is { } last && time.GetElapsedTime(last) < LogInterval)
        {
            return 0;
        }

        _loggedAt = time.GetTimestamp();
        var dropped = _unlogged;
        _unlogged = 0;
        return dropped;
    }
}
