namespace BfProxy.Channels;

/// <summary>
/// A stretch of a channel's log: plain arrays, appended to and never reused, so that a reader needs no lock and a send under
/// way never sees another user's bytes. Written under the channel's lock; a record is there for readers once <see cref="Count"/> says so.
/// </summary>
internal sealed class LogSegment(int records, int bytes)
{
    private readonly LogRecord[] _records = records == 0 ? [] : new LogRecord[records];
    private readonly byte[] _bytes = bytes == 0 ? [] : new byte[bytes];
    private int _count;
    private LogSegment? _next;

    public int Count => Volatile.Read(ref _count);

    public int UsedBytes { get; private set; }

    /// <summary>When it is old enough to be followed by a new one, so that what expires does so in small steps.</summary>
    public long FullAt { get; init; } = long.MaxValue;

    public long LastAppendAt { get; private set; }

    /// <summary>Set once, after the last append to this segment.</summary>
    public LogSegment? Next
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    public ref readonly LogRecord this[int index] => ref _records[index];

    public bool HasRoom(int length, long now) => _count < _records.Length && _bytes.Length - UsedBytes >= length && (now < FullAt || _count == 0);

    public ReadOnlySpan<byte> Payload(in LogRecord record) => _bytes.AsSpan(record.Start, record.Length);

    /// <summary>Index of the first record that ends at <paramref name="offset"/> or later, or of where it will be.</summary>
    public int Find(long offset)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _records[middle].LastOffset < offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Appends where <see cref="HasRoom"/>.</summary>
    public void Append(StreamSource? source, long offset, int seq, int deltas, ReadOnlySpan<byte> payload, long now)
    {
        payload.CopyTo(_bytes.AsSpan(UsedBytes));
        _records[_count] = new LogRecord(source, offset, UsedBytes, payload.Length, seq, deltas);
        UsedBytes += payload.Length;
        LastAppendAt = now;
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Lengthens the last record; only before the segment is shown to readers.</summary>
    public void Extend(in LogRecord record, ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(_bytes.AsSpan(UsedBytes));
        UsedBytes += payload.Length;
        var last = _records[_count - 1];
        _records[_count - 1] = last with { Length = last.Length + payload.Length, Deltas = last.Deltas + record.Deltas };
    }
}
