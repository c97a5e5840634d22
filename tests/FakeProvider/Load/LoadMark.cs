using System.Buffers.Text;

namespace FakeProvider.Load;

/// <summary>
/// The text of a load delta: which stream, which delta of it, when it was sent. Fixed width, so that it is written in
/// place and found in any byte stream without parsing what is around it: <c>~ssssssss.nnnnnn.ttttttttttttttttttt;</c>,
/// the stream's last one begins with <c>^</c>.
/// </summary>
/// <param name="Stream">The stream's number.</param>
/// <param name="Sequence">Counts from 0.</param>
/// <param name="SentAt">Stopwatch ticks: one clock for all processes of the machine.</param>
/// <param name="IsLast">Nothing but the end follows.</param>
public readonly record struct LoadMark(int Stream, int Sequence, long SentAt, bool IsLast)
{
    public const int Length = 1 + StreamDigits + 1 + SequenceDigits + 1 + TimeDigits + 1;
    public const byte Ordinary = (byte)'~';
    public const byte Last = (byte)'^';

    private const int StreamDigits = 8;
    private const int SequenceDigits = 6;
    private const int TimeDigits = 19;
    private const int SequenceAt = 1 + StreamDigits + 1;
    private const int TimeAt = SequenceAt + SequenceDigits + 1;

    public void Write(Span<byte> text)
    {
        text[0] = IsLast ? Last : Ordinary;
        WriteDigits(text.Slice(1, StreamDigits), Stream);
        text[SequenceAt - 1] = (byte)'.';
        WriteDigits(text.Slice(SequenceAt, SequenceDigits), Sequence);
        text[TimeAt - 1] = (byte)'.';
        WriteDigits(text.Slice(TimeAt, TimeDigits), SentAt);
        text[Length - 1] = (byte)';';
    }

    /// <summary>Reads the mark at the beginning of the text; false where none stands.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out LoadMark mark)
    {
        mark = default;
        if (text.Length < Length || text[Length - 1] != ';'
            || !TryReadDigits(text.Slice(1, StreamDigits), out var stream)
            || !TryReadDigits(text.Slice(SequenceAt, SequenceDigits), out var sequence)
            || !TryReadDigits(text.Slice(TimeAt, TimeDigits), out var sentAt))
        {
            return false;
        }

        mark = new LoadMark((int)stream, (int)sequence, sentAt, text[0] == Last);
        return true;
    }

    private static void WriteDigits(Span<byte> digits, long value)
    {
        for (var index = digits.Length - 1; index >= 0; index--)
        {
            (value, var digit) = Math.DivRem(value, 10);
            digits[index] = (byte)('0' + digit);
        }
    }

    private static bool TryReadDigits(ReadOnlySpan<byte> digits, out long value) =>
        Utf8Parser.TryParse(digits, out value, out var used) && used == digits.Length;
}
