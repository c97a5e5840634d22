namespace BfProxy.Transforms.Dialects;

/// <summary>A place in a frame that differs from one frame to the next.</summary>
/// <param name="Start">Position in the frame that the template is learned from.</param>
/// <param name="Length">Length there.</param>
/// <param name="Kind">What may stand there.</param>
internal readonly record struct FrameHole(int Start, int Length, FrameHoleKind Kind = FrameHoleKind.Text)
{
    /// <summary>The hole that <paramref name="part"/>, a slice of <paramref name="frame"/>, leaves in it. The slice is not empty.</summary>
    public static FrameHole Of(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> part, FrameHoleKind kind = FrameHoleKind.Text) =>
        frame.Overlaps(part, out var start) ? new FrameHole(start, part.Length, kind) : throw new ArgumentException("Not a slice of the frame.", nameof(part));

    /// <summary>The place between an object's last value and its closing brace, the frame's last byte; some providers pad it to hide the text's length.</summary>
    public static FrameHole BeforeLastBrace(ReadOnlySpan<byte> frame)
    {
        var start = frame[..^1].TrimEnd((byte)' ').Length;
        return new FrameHole(start, frame.Length - 1 - start, FrameHoleKind.Spaces);
    }
}
