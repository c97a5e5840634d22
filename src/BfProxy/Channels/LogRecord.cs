using System.Runtime.InteropServices;

namespace BfProxy.Channels;

/// <summary>
/// One entry of a channel's log, as it is read; its payload lies in the segment's bytes. It tells only what differs from frame to frame.
/// </summary>
/// <param name="Source">The stream that made it; null for a visitor's message.</param>
/// <param name="Offset">First offset covered.</param>
/// <param name="Start">Where the payload starts in the segment.</param>
/// <param name="Length">Bytes of payload.</param>
/// <param name="Seq">First seq covered; the new epoch of a notice.</param>
/// <param name="Deltas">How many adjacent deltas it holds; zero for what is no delta and covers one offset; <see cref="Notice"/> for a notice.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LogRecord(StreamSource? Source, long Offset, int Start, int Length, int Seq, int Deltas)
{
    /// <summary>What a record costs in the log beside its payload.</summary>
    public const int Size = LogEntry.Size;

    /// <summary>Marks where another history begins: it covers no offset, and what follows counts on from its own, in another epoch.</summary>
    public const int Notice = -1;

    public bool IsDelta => Deltas > 0;

    public bool IsNotice => Deltas == Notice;

    public long LastOffset => Offset + Math.Max(Deltas - 1, 0);

    public int LastSeq => Seq + Math.Max(Deltas - 1, 0);

    public int Weight => Length + Size;

    /// <summary>Whether this delta stands right after <paramref name="previous"/> of the same stream, so that both may become one frame.</summary>
    public bool Continues(in LogRecord previous) =>
        IsDelta && previous.IsDelta && ReferenceEquals(Source, previous.Source) && Offset == previous.LastOffset + 1 && Deltas + previous.Deltas <= LogEntry.MaxDeltas;
}
