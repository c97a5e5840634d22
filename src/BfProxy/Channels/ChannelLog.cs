namespace BfProxy.Channels;

/// <summary>
/// A channel's log: a chain of segments without gaps (the history) and, before it, what streams that are still replayable
/// have left behind (<see cref="Pinned"/>). Guarded by the channel's lock; readers walk segments on their own.
/// </summary>
internal sealed class ChannelLog(HubState state, long last = 0)
{
    private const int MinRecords = 8;
    private const int MaxRecords = 32;
    private const int MinBytes = 128;
    private const int MaxBytes = 4 * 1024;
    private const int StepsPerTtl = 4;
    private const int MaxTrimStep = 128;
    private const int SmallPinnedBytes = 2 * 1024;

    private LogSegment _tail = new(0);
    private LogSegment? _head;
    private long _bytes;

    /// <summary>Replaced whole, never changed: a replay goes on reading the one it began with.</summary>
    public LogSegment[] Pinned { get; private set; } = [];

    public LogSegment Head => _head ?? _tail;

    /// <summary>Where what is appended next will stand.</summary>
    public LogCursor Live => new(_tail, _tail.Count);

    public long LastOffset { get; private set; } = last;

    /// <summary>First offset from which on everything is there.</summary>
    public long FirstOffset => Head.Count > 0 ? Head[0].Offset : LastOffset + 1;

    /// <summary>Appends a record that is <paramref name="age"/> milliseconds old.</summary>
    public void Append(StreamSource? source, int seq, int deltas, ReadOnlySpan<byte> payload, long age = 0)
    {
        var now = state.Now - age;
        if (!_tail.HasRoom(payload.Length, now))
        {
            Link(Grow(payload.Length, now));
            Trim();
        }

        _tail.Append(source, LastOffset + 1, seq, deltas, payload, now);
        LastOffset += Math.Max(deltas, 1);
        _bytes += payload.Length;
        if (source is not null)
        {
            source.Bytes += payload.Length;
            source.Records++;
            source.NextSeq = seq + Math.Max(deltas, 1);
        }
    }

    /// <summary>The first record that covers <paramref name="offset"/> or what comes after it, or where that will be.</summary>
    public LogCursor Find(long offset)
    {
        var segment = Head;
        while (segment.Next is { } next && (segment.Count == 0 || segment[segment.Count - 1].LastOffset < offset))
        {
            segment = next;
        }

        return new LogCursor(segment, segment.Find(offset));
    }

    /// <summary>Leads readers who are at the end of this log to the end of <paramref name="next"/>, past a notice.</summary>
    public void ContinueAs(ChannelLog next, int epoch)
    {
        var notice = new LogSegment(LogSegment.SizeFor(1, 0));
        notice.Append(null, next.LastOffset, epoch, LogRecord.Notice, [], state.Now);
        if (next._tail.Count > 0)
        {
            next.Link(new LogSegment(0));
        }

        notice.Next = next._tail;
        _tail.Next = notice;
    }

    /// <summary>Puts a segment before the history.</summary>
    public void Pin(LogSegment segment) => Pinned = [.. Pinned, segment];

    /// <summary>Drops what is too old or too much, except what a replayable stream needs.</summary>
    /// <returns>Whether the open segment was closed, so that waiting subscribers should let go of it.</returns>
    public bool Trim()
    {
        var closesTail = _tail.Count > 0 && IsExpired(_tail);
        if (closesTail)
        {
            Link(new LogSegment(0));
        }

        var options = state.Options;
        if (Head.Count == 0 || IsExpired(Head) || _bytes > options.HistoryBytes || LastOffset - FirstOffset >= options.HistorySize + TrimStep)
        {
            RetireSurplus();
        }

        return closesTail;
    }

    /// <summary>Drops from the pinned segments what no replayable stream needs any more.</summary>
    public void TrimPinned()
    {
        var keep = Replayable();
        if (Pinned.Any(segment => !LogCompactor.HoldsOnly(segment, keep)))
        {
            Pinned = [.. Pinned.Select(segment => LogCompactor.Compact([segment], keep)).OfType<LogSegment>()];
        }
    }

    /// <summary>How many frames too many are let go of together: each time, what running streams still need is copied.</summary>
    private int TrimStep => Math.Min(state.Options.HistorySize / 4, MaxTrimStep);

    private bool IsExpired(LogSegment segment) => state.Now - segment.LastAppendAt >= state.Options.HistoryTtl.TotalMilliseconds;

    private bool IsSurplus(LogSegment segment) =>
        segment.Count == 0 || segment[segment.Count - 1].Offset <= LastOffset - state.Options.HistorySize || _bytes > state.Options.HistoryBytes || IsExpired(segment);

    /// <summary>Judges by one moment, whatever the clock and the settings do meanwhile.</summary>
    private Predicate<StreamSource> Replayable()
    {
        var (now, options) = (state.Now, state.Options);
        return source => options.HistoryTtl > TimeSpan.Zero && !source.IsCut && source.Bytes <= options.MaxReplayBytes && source.IsFresh(now);
    }

    private void Link(LogSegment next)
    {
        _head ??= _tail;
        _tail.Next = next;
        _tail = next;
    }

    /// <summary>Twice the records of the last one, within bounds, and room for text like its: an idle channel stays small, a busy one leaves little of its last segment empty.</summary>
    private LogSegment Grow(int length, long now)
    {
        var average = _tail.Count == 0 ? MinBytes / MinRecords : Math.Max(_tail.UsedBytes / _tail.Count, 1);
        var wanted = Math.Clamp(_tail.Count * 2, MinRecords, MaxRecords);
        var bytes = Math.Clamp((long)average * wanted, MinBytes, MaxBytes);
        var records = Math.Clamp((int)(bytes / average), 1, wanted);
        return new LogSegment(LogSegment.SizeFor(records, Math.Max((int)bytes, length))) { FullAt = now + (long)state.Options.HistoryTtl.TotalMilliseconds / StepsPerTtl };
    }

    private void RetireSurplus()
    {
        var retired = new List<LogSegment>();
        while (Head != _tail && IsSurplus(Head))
        {
            retired.Add(Head);
            _bytes -= Head.UsedBytes;
            _head = Head.Next;
        }

        if (retired.Count > 0)
        {
            Retire(retired);
        }
    }

    private void Retire(List<LogSegment> retired)
    {
        var joins = Pinned.Length > 0 && Pinned[^1].UsedBytes < SmallPinnedBytes;
        var compacted = LogCompactor.Compact(joins ? [Pinned[^1], .. retired] : [.. retired], Replayable());
        var kept = joins ? Pinned.AsSpan(..^1) : Pinned;
        if (joins || compacted is not null)
        {
            Pinned = compacted is null ? kept.ToArray() : [.. kept, compacted];
        }
    }
}
