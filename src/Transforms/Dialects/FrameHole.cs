namespace BfProxy.Transforms.Dialects;

/// <summary>A place in a frame that differs from one frame to the next.</summary>
/// <param name="Start">Position in the frame that the template is learned from.</param>
/// <param name="Length">Length there.</param>
/// <param name="IsNumber">A whole number, not negative; else the inside of a string.</param>
internal readonly record struct FrameHole(int Start, int Length, bool IsNumber = false)
{
    /// <summary>The hole that <paramref name="part"/>, a slice of <paramref name="frame"/>, leaves in it. The slice is not empty.</summary>
    public static FrameHole Of(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> part, bool isNumber = false) =>
        frame.Overlaps(part, out var start) ? new FrameHole(start, part.Length, isNumber) : throw new ArgumentException("Not a slice of the frame.", nameof(part));
}
