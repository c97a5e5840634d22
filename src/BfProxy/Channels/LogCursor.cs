using System.Runtime.InteropServices;

namespace BfProxy.Channels;

/// <summary>A reader's place in a channel's log. Copy it to look ahead. The default one stands where no log is yet.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct LogCursor(LogSegment segment, int index)
{
    private LogSegment? _segment = segment;
    private int _index = index;
    private int _pinned;

    public readonly LogRecord Current => _segment![_index];

    public readonly ReadOnlySpan<byte> Payload => _segment!.Payload(_segment[_index]);

    /// <summary>The start of a replay: its pinned segments, then the history.</summary>
    public static LogCursor AtStartOf(Replay replay) => replay.Pinned.Length > 0 ? new(replay.Pinned[0], 0) : new(replay.Head, 0);

    /// <summary>Puts a default cursor at the start of a log that has begun. One reference, so that its reader needs no lock.</summary>
    public void Start(LogSegment first) => Volatile.Write(ref _segment, first);

    /// <summary>Whether a record stands here; walks on to the next segment where this one is used up.</summary>
    public bool HasCurrent(Replay? replay)
    {
        if (Volatile.Read(ref _segment) is not { } segment)
        {
            return false;
        }

        while (_index >= segment.Count)
        {
            var next = NextSegment(segment, replay);
            if (next is null)
            {
                return false;
            }

            // The last append may have come between the two reads; after Next is set there is no further one.
            if (_index < segment.Count)
            {
                return true;
            }

            _segment = segment = next;
            _index = 0;
            _pinned++;
        }

        return true;
    }

    public void Advance() => _index++;

    private readonly LogSegment? NextSegment(LogSegment segment, Replay? replay)
    {
        if (replay is null || _pinned >= replay.Pinned.Length)
        {
            return segment.Next;
        }

        return _pinned + 1 < replay.Pinned.Length ? replay.Pinned[_pinned + 1] : replay.Head;
    }
}
