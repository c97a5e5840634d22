namespace BfProxy.Channels;

/// <summary>When a connection is pinged, and when it counts as gone: it has answered before and now misses two pings.</summary>
internal struct KeepAlive(long now)
{
    private const int MaxMissed = 2;

    private long _lastActiveAt = now;
    private long _pings;
    private int _unanswered;
    private bool _hasAnswered;

    public bool IsGone => Volatile.Read(ref _hasAnswered) && Volatile.Read(ref _unanswered) >= MaxMissed;

    public void Sent(long now) => Volatile.Write(ref _lastActiveAt, now);

    public void Heard(long now, bool isPong)
    {
        Volatile.Write(ref _unanswered, 0);
        Volatile.Write(ref _lastActiveAt, now);
        if (isPong)
        {
            Volatile.Write(ref _hasAnswered, true);
        }
    }

    public bool IsDue(long now, TimeSpan interval) => now - Volatile.Read(ref _lastActiveAt) >= interval.TotalMilliseconds;

    /// <summary>The number of the next ping, which now counts as unanswered, and as sent: one that has to wait for what is before it is not followed by another.</summary>
    public long Next(long now)
    {
        Sent(now);
        Interlocked.Increment(ref _unanswered);
        return ++_pings;
    }
}
