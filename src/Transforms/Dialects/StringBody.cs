using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace BfProxy.Transforms.Dialects;

/// <summary>The inside of JSON strings, as it stands between the quotes.</summary>
internal static class StringBody
{
    private static readonly SearchValues<byte> NotPlain = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (byte)c), (byte)'"', (byte)'\\']);

    /// <summary>Length of the string body that starts <paramref name="text"/> and ends before a quote; -1 where it is no whole JSON string of valid UTF-8.</summary>
    public static int BodyLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (true)
        {
            var rest = text[length..];
            var at = rest.IndexOfAny(NotPlain);
            if (at < 0)
            {
                return -1;
            }

            length += at;
            if (rest[at] == '"')
            {
                return Utf8.IsValid(text[..length]) ? length : -1;
            }

            var escape = EscapeLength(rest[at..]);
            if (escape == 0)
            {
                return -1;
            }

            length += escape;
        }
    }

    /// <summary>Decodes the inside of a JSON string. Lone surrogates survive as they are; what is no UTF-8 becomes U+FFFD.</summary>
    public static string Unescape(ReadOnlySpan<byte> body)
    {
        var at = body.IndexOf((byte)'\\');
        if (at < 0)
        {
            return Encoding.UTF8.GetString(body);
        }

        var text = new StringBuilder(body.Length);
        for (; at >= 0; at = body.IndexOf((byte)'\\'))
        {
            text.Append(Encoding.UTF8.GetString(body[..at]));
            var length = EscapeLength(body[at..]);
            if (length == 0)
            {
                break;
            }

            text.Append(Decode(body.Slice(at, length)));
            body = body[(at + length)..];
        }

        return text.Append(Encoding.UTF8.GetString(body)).ToString();
    }

    // 0 where no whole escape starts here.
    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || text[0] != '\\')
        {
            return 0;
        }

        return text[1] switch
        {
            (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' => 2,
            (byte)'u' when text.Length >= 6 && AreHex(text.Slice(2, 4)) => 6,
            _ => 0,
        };
    }

    private static bool AreHex(ReadOnlySpan<byte> digits)
    {
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return false;
            }
        }

        return true;
    }

    private static char Decode(ReadOnlySpan<byte> escape) => escape[1] switch
    {
        (byte)'b' => '\b',
        (byte)'f' => '\f',
        (byte)'n' => '\n',
        (byte)'r' => '\r',
        (byte)'t' => '\t',
        (byte)'u' => (char)((Hex(escape[2]) << 12) | (Hex(escape[3]) << 8) | (Hex(escape[4]) << 4) | Hex(escape[5])),
        var same => (char)same,
    };

    private static int Hex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
