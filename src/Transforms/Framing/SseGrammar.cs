namespace BfProxy.Transforms.Framing;

/// <summary>Line structure of <c>text/event-stream</c>: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream</summary>
internal static class SseGrammar
{
    public const byte LF = (byte)'\n';
    public const byte CR = (byte)'\r';

    public static ReadOnlySpan<byte> Bom => [0xEF, 0xBB, 0xBF];

    public static bool IsLineEnd(byte value) => value is LF or CR;

    /// <summary>Start of the line after the line end at <paramref name="end"/>, which is LF, CR or CR LF.</summary>
    public static int NextLine(ReadOnlySpan<byte> bytes, int end) =>
        bytes[end] == CR && end + 1 < bytes.Length && bytes[end + 1] == LF ? end + 2 : end + 1;

    /// <summary>
    /// Index of the blank line that ends a frame, or -1. The blank line counts from its first byte:
    /// a CR ends the frame at once, whether or not an LF follows in a later read.
    /// </summary>
    /// <param name="bytes">The frame's bytes after <paramref name="before"/>.</param>
    /// <param name="before">The frame's bytes of earlier reads; its last one says whether a line starts here.</param>
    public static int FindBlankLine(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> before)
    {
        var line = 0;
        if (before is [.., CR] && bytes is [LF, ..])
        {
            line = 1;
        }
        else if (before is [.., not (LF or CR)])
        {
            line = AfterLine(bytes, 0);
        }

        while (line < bytes.Length)
        {
            if (IsLineEnd(bytes[line]))
            {
                return line;
            }

            line = AfterLine(bytes, line);
        }

        return -1;
    }

    private static int AfterLine(ReadOnlySpan<byte> bytes, int start)
    {
        var length = bytes[start..].IndexOfAny(CR, LF);
        return length < 0 ? bytes.Length : NextLine(bytes, start + length);
    }
}
