using System.Text;
using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>A place in a text, counted from 1; LF, CRLF and a lone CR end a line.</summary>
internal readonly record struct TextPosition(int Line, int Column)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public RequestFault ToFault(string cause) => new(400, string.Empty, $"The body is not JSON: line {Line}, column {Column}: {cause}");

    public static TextPosition Of(ReadOnlySpan<byte> text, int offset)
    {
        var before = text[..Math.Clamp(offset, 0, text.Length)];
        var line = 1;
        while (before.IndexOfAny((byte)'\r', (byte)'\n') is var end and >= 0)
        {
            var isPair = before[end] == '\r' && end + 1 < before.Length && before[end + 1] == '\n';
            before = before[(end + (isPair ? 2 : 1))..];
            line++;
        }

        return new TextPosition(line, Encoding.UTF8.GetCharCount(before) + 1);
    }

    // The reader counts lines by LF alone, and columns in bytes from there.
    public static TextPosition Of(ReadOnlySpan<byte> text, JsonException fault)
    {
        var start = 0;
        for (var line = fault.LineNumber ?? 0; line > 0; line--)
        {
            start += text[start..].IndexOf((byte)'\n') + 1;
        }

        return Of(text, start + (int)(fault.BytePositionInLine ?? 0));
    }

    public static TextPosition FirstInvalid(ReadOnlySpan<byte> text)
    {
        try
        {
            _ = Strict.GetCharCount(text);
            return new TextPosition(1, 1);
        }
        catch (DecoderFallbackException fault)
        {
            return Of(text, fault.Index);
        }
    }
}
