using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;

namespace BfProxy.Channels.Redis;

/// <summary>
/// What one write put on a channel: <c>epoch (8) · first offset (14) · time (12) · first seq (8)</c>, all hexadecimal and put there by
/// the script that numbers it, then the body as its publisher made it (<see cref="EntryBody"/>).
/// </summary>
/// <param name="Epoch">The epoch of its offsets.</param>
/// <param name="First">The first offset; zero where an epoch begins and nothing else is said.</param>
/// <param name="Time">When, in milliseconds of Redis' clock.</param>
/// <param name="Seq">The stream's first seq in it.</param>
/// <param name="Body">The rest.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Entry(int Epoch, long First, long Time, int Seq, ReadOnlyMemory<byte> Body)
{
    private const int EpochLength = 8;
    private const int FirstLength = 14;
    private const int TimeLength = 12;
    private const int SeqLength = 8;
    private const int HeadLength = EpochLength + FirstLength + TimeLength + SeqLength;

    /// <summary>False for what our scripts never write.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out Entry entry)
    {
        entry = default;
        if (bytes.Length < HeadLength
            || !TryTake(bytes.Span, 0, EpochLength, out var epoch)
            || !TryTake(bytes.Span, EpochLength, FirstLength, out var first)
            || !TryTake(bytes.Span, EpochLength + FirstLength, TimeLength, out var time)
            || !TryTake(bytes.Span, EpochLength + FirstLength + TimeLength, SeqLength, out var seq))
        {
            return false;
        }

        entry = new Entry(unchecked((int)epoch), first, time, unchecked((int)seq), bytes[HeadLength..]);
        return true;
    }

    public static int ReadEpoch(string text) => unchecked((int)uint.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    private static bool TryTake(ReadOnlySpan<byte> bytes, int start, int length, out long value) =>
        Utf8Parser.TryParse(bytes.Slice(start, length), out value, out var used, 'x') && used == length;
}
