using System.Buffers.Text;
using System.Text;

namespace LoadTest.Client;

/// <summary>Status line and the headers that frame the body.</summary>
internal readonly record struct ResponseHead(int Status, bool Chunked, int ContentLength)
{
    /// <summary>Bytes of the head with its blank line, or 0 while it is not whole.</summary>
    public static int TryRead(ReadOnlySpan<byte> bytes, out ResponseHead head)
    {
        head = default;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return 0;
        }

        var status = Utf8Parser.TryParse(bytes[9..12], out int read, out _) ? read : 0;
        var text = Encoding.ASCII.GetString(bytes[..end]);
        var chunked = text.Contains("\r\nTransfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase);
        head = new ResponseHead(status, chunked, LengthIn(text));
        return end + 4;
    }

    private static int LengthIn(string head)
    {
        const string Name = "\r\nContent-Length:";
        var at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return 0;
        }

        var value = head[(at + Name.Length)..];
        return int.Parse(value.Split('\r', 2)[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
