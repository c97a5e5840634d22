using System.Buffers.Text;

namespace LoadTest.Client;

/// <summary>Reads single numbers out of a frame's head without parsing it.</summary>
internal static class FramePeek
{
    public static bool TryNumber(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> key, out long value)
    {
        value = 0;
        var at = frame.IndexOf(key);
        return at >= 0 && Utf8Parser.TryParse(frame[(at + key.Length)..], out value, out _);
    }
}
