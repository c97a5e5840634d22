using System.Buffers;

namespace BfProxy.Transforms.Contract;

/// <summary>
/// Blanks comments where the parser does not take them: between a name and its colon, or with a U+2028 inside. Every byte keeps its place
/// and every line its end, so that positions stay true.
/// </summary>
internal static class JsonComments
{
    private static readonly SearchValues<byte> QuoteOrSlash = SearchValues.Create("\"/"u8);
    private static readonly SearchValues<byte> QuoteOrEscape = SearchValues.Create("\"\\"u8);

    /// <summary>A copy without comments, or null where there are none.</summary>
    public static byte[]? Blank(ReadOnlySpan<byte> json)
    {
        byte[]? copy = null;
        for (var at = Next(json, 0); at < json.Length; at = Next(json, at))
        {
            var end = json[at] == '"' ? EndOfString(json, at + 1) : EndOfComment(json, at);
            if (end < 0)
            {
                break;
            }

            if (json[at] == '/' && end > at + 1)
            {
                copy ??= json.ToArray();
                Blank(copy.AsSpan(at..end));
            }

            at = end;
        }

        return copy;
    }

    private static int Next(ReadOnlySpan<byte> json, int start) =>
        start < json.Length && json[start..].IndexOfAny(QuoteOrSlash) is var offset and >= 0 ? start + offset : json.Length;

    private static int EndOfString(ReadOnlySpan<byte> json, int start)
    {
        while (json[start..].IndexOfAny(QuoteOrEscape) is var offset and >= 0)
        {
            start += offset;
            if (json[start] == '"')
            {
                return start + 1;
            }

            start = Math.Min(start + 2, json.Length);
        }

        return json.Length;
    }

    // -1 where a comment is never closed: looking on for others would search the rest again and again.
    private static int EndOfComment(ReadOnlySpan<byte> json, int start)
    {
        var rest = json[start..];
        if (rest.StartsWith("//"u8))
        {
            var line = rest.IndexOfAny((byte)'\r', (byte)'\n');
            return line < 0 ? json.Length : start + line;
        }

        if (!rest.StartsWith("/*"u8))
        {
            return start + 1;
        }

        var end = rest[2..].IndexOf("*/"u8);
        return end < 0 ? -1 : start + 2 + end + 2;
    }

    private static void Blank(Span<byte> comment)
    {
        foreach (ref var character in comment)
        {
            character = character is (byte)'\r' or (byte)'\n' ? character : (byte)' ';
        }
    }
}
