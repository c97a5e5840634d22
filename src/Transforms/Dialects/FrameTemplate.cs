using System.Runtime.InteropServices;

namespace BfProxy.Transforms.Dialects;

/// <summary>
/// What the text frames of one stream have in common: all but a few holes. Learned from a frame that was read in full. Another frame matches only if every
/// byte outside of the holes is the same and each hole holds a well-formed string body, number or spaces, so that reading it in full could give nothing else.
/// </summary>
internal sealed class FrameTemplate
{
    private readonly List<FrameHole> _holes = [];
    private readonly List<long> _numbers = [];
    private byte[] _frame = [];
    private int _length;

    /// <summary>The number holes' values, in the order of the frame, after a match.</summary>
    public ReadOnlySpan<long> Numbers => CollectionsMarshal.AsSpan(_numbers);

    /// <summary>Takes the template from a frame.</summary>
    /// <param name="frame">A well-formed JSON text.</param>
    /// <param name="holes">In the order of the frame, apart from each other; the first text hole is the text.</param>
    public void Learn(ReadOnlySpan<byte> frame, ReadOnlySpan<FrameHole> holes)
    {
        if (_frame.Length < frame.Length)
        {
            // Frames of one stream differ by a few bytes.
            _frame = new byte[frame.Length * 2];
        }

        frame.CopyTo(_frame);
        _length = frame.Length;
        _holes.Clear();
        _holes.AddRange(holes);
    }

    public void Forget() => _holes.Clear();

    /// <summary>Gives the text where <paramref name="frame"/> matches. False where nothing is learned.</summary>
    public bool TryMatch(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (_holes.Count == 0)
        {
            return false;
        }

        _numbers.Clear();
        var same = 0;
        var hasText = false;
        foreach (var hole in CollectionsMarshal.AsSpan(_holes))
        {
            var literal = _frame.AsSpan(same, hole.Start - same);
            if (!frame.StartsWith(literal))
            {
                return false;
            }

            frame = frame[literal.Length..];
            var length = LengthOf(hole.Kind, frame);
            if (length < 0)
            {
                return false;
            }

            var isText = hole.Kind == FrameHoleKind.Text;
            text = hasText || !isText ? text : frame[..length];
            hasText |= isText;
            frame = frame[length..];
            same = hole.Start + hole.Length;
        }

        return frame.SequenceEqual(_frame.AsSpan(same, _length - same));
    }

    private int LengthOf(FrameHoleKind kind, ReadOnlySpan<byte> rest) => kind switch
    {
        FrameHoleKind.Number => TakeNumber(rest),
        FrameHoleKind.Spaces => rest.Length - rest.TrimStart((byte)' ').Length,
        _ => StringBody.BodyLength(rest),
    };

    private int TakeNumber(ReadOnlySpan<byte> text)
    {
        const int MaxDigits = 18;
        var value = 0L;
        var length = 0;
        while (length < text.Length && length <= MaxDigits && char.IsAsciiDigit((char)text[length]))
        {
            value = (value * 10) + (text[length++] - '0');
        }

        if (length is 0 or > MaxDigits || (length > 1 && text[0] == '0'))
        {
            return -1;
        }

        _numbers.Add(value);
        return length;
    }
}
