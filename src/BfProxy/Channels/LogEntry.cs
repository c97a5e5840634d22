using System.Runtime.InteropServices;

namespace BfProxy.Channels;

/// <summary>A record as its segment keeps it: 16 bytes, because a token is about five. The rest of a <see cref="LogRecord"/> is the segment's.</summary>
/// <param name="End">Where the payload ends in the segment; it starts where the one before ends.</param>
/// <param name="Offset">First offset covered, counted from the segment's first.</param>
/// <param name="Seq">First seq covered.</param>
/// <param name="Deltas">How many adjacent deltas it holds, at most <see cref="MaxDeltas"/>; or <see cref="Notice"/>.</param>
/// <param name="Source">Which of the segment's streams made it, or <see cref="NoSource"/>.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct LogEntry(int End, int Offset, int Seq, ushort Deltas, ushort Source)
{
    public const int Size = 16;
    public const int MaxDeltas = ushort.MaxValue - 1;
    public const ushort Notice = ushort.MaxValue;
    public const ushort NoSource = ushort.MaxValue;
}
