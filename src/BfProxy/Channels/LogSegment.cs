using System.Runtime.InteropServices;

namespace BfProxy.Channels;

/// <summary>
/// A stretch of a channel's log: one plain array, appended to and never reused, so that a reader needs no lock and a send under
/// way never sees another user's bytes. Payloads grow from its start and entries from its end, so that neither needs room to spare.
/// Written under the channel's lock; a record is there for readers once <see cref="Count"/> says so.
/// </summary>
/// <param name="bytes">Its room, as <see cref="SizeFor"/> says.</param>
internal sealed class LogSegment(int bytes)
{
    private readonly byte[] _data = bytes == 0 ? [] : new byte[bytes];
    private StreamSource[] _sources = [];
    private long _firstOffset;
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

    private Span<LogEntry> Entries => MemoryMarshal.Cast<byte, LogEntry>(_data.AsSpan());

    public LogRecord this[int index]
    {
        get
        {
            var entries = Entries;
            ref readonly var entry = ref entries[^(index + 1)];
            var start = index == 0 ? 0 : entries[^index].End;
            var source = entry.Source == LogEntry.NoSource ? null : _sources[entry.Source];
            return new LogRecord(source, _firstOffset + entry.Offset, start, entry.End - start, entry.Seq, entry.Deltas == LogEntry.Notice ? LogRecord.Notice : entry.Deltas);
        }
    }

    /// <summary>Room for so many records with so many bytes of payload, in whole entries.</summary>
    public static int SizeFor(int records, int bytes) => ((bytes + LogEntry.Size - 1) / LogEntry.Size * LogEntry.Size) + (records * LogEntry.Size);

    public bool HasRoom(int length, long now) => _data.Length - UsedBytes - ((_count + 1) * LogEntry.Size) >= length && (now < FullAt || _count == 0);

    public ReadOnlySpan<byte> Payload(scoped in LogRecord record) => _data.AsSpan(record.Start, record.Length);

    /// <summary>Index of the first record that ends at <paramref name="offset"/> or later, or of where it will be.</summary>
    public int Find(long offset)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = this[middle].LastOffset < offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Appends where <see cref="HasRoom"/>.</summary>
    public void Append(StreamSource? source, long offset, int seq, int deltas, ReadOnlySpan<byte> payload, long now)
    {
        payload.CopyTo(_data.AsSpan(UsedBytes));
        UsedBytes += payload.Length;
        _firstOffset = _count == 0 ? offset : _firstOffset;
        Entries[^(_count + 1)] = new LogEntry(UsedBytes, (int)(offset - _firstOffset), seq, deltas == LogRecord.Notice ? LogEntry.Notice : (ushort)deltas, IndexOf(source));
        LastAppendAt = now;
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Lengthens the last record; only before the segment is shown to readers.</summary>
    public void Extend(in LogRecord record, ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(_data.AsSpan(UsedBytes));
        UsedBytes += payload.Length;
        ref var last = ref Entries[^_count];
        last = last with { End = UsedBytes, Deltas = (ushort)(last.Deltas + record.Deltas) };
    }

    /// <summary>Adds a stream where it is new. The array is replaced, never changed: readers hold it without a lock.</summary>
    private ushort IndexOf(StreamSource? source)
    {
        if (source is null)
        {
            return LogEntry.NoSource;
        }

        var index = Array.LastIndexOf(_sources, source);
        if (index < 0)
        {
            index = _sources.Length;
            _sources = index == 0 ? source.Alone : [.. _sources, source];
        }

        return (ushort)index;
    }
}
