using FakeProvider.Load;

namespace LoadTest.Client;

/// <summary>Finds the marks in whatever format carries them.</summary>
internal static class MarkScanner
{
    /// <summary>Hands every whole mark to the check; returns how many bytes need not be seen again.</summary>
    public static int Scan(ReadOnlySpan<byte> text, StreamCheck check, long now)
    {
        var position = 0;
        while (true)
        {
            var found = text[position..].IndexOfAny(LoadMark.Ordinary, LoadMark.Last);
            if (found < 0)
            {
                return text.Length;
            }

            position += found;
            if (text.Length - position < LoadMark.Length)
            {
                return position;
            }

            if (LoadMark.TryRead(text.Slice(position, LoadMark.Length), out var mark))
            {
                check.Observe(mark, now);
                position += LoadMark.Length;
            }
            else
            {
                position++;
            }
        }
    }
}
