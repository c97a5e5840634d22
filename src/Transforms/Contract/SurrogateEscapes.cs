using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Finds <c>\uD83D</c> without its other half: JSON's grammar lets it pass, but it is no text and no reader can decode it.</summary>
internal static class SurrogateEscapes
{
    private const int EscapeLength = 6;

    /// <summary>Offset of the string that holds the first one, or -1.</summary>
    public static int FindLone(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\uD"u8) < 0 && json.IndexOf("\\ud"u8) < 0)
        {
            return -1;
        }

        var reader = new Utf8JsonReader(json, JsonCopy.ReaderOptions);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped && HasLone(reader.ValueSpan))
                {
                    return (int)reader.TokenStartIndex;
                }
            }
        }
        catch (JsonException)
        {
            // The parser proper reports it.
        }

        return -1;
    }

    /// <summary>Puts U+FFFD, whose escape is as long, where half a character stands alone.</summary>
    /// <param name="json">Well-formed JSON, so that a backslash begins an escape within a string.</param>
    public static void Mend(Span<byte> json)
    {
        while (json.IndexOf((byte)'\\') is var at and >= 0)
        {
            json = json[at..];
            var length = LengthOf(json);
            if (length == 0)
            {
                "\\ufffd"u8.CopyTo(json);
                length = EscapeLength;
            }

            json = json[length..];
        }
    }

    private static bool HasLone(ReadOnlySpan<byte> text)
    {
        while (text.IndexOf((byte)'\\') is var at and >= 0)
        {
            text = text[at..];
            var length = LengthOf(text);
            if (length == 0)
            {
                return true;
            }

            text = text[length..];
        }

        return false;
    }

    /// <summary>Length of the character whose escape stands at the start; zero for half of one.</summary>
    private static int LengthOf(ReadOnlySpan<byte> text)
    {
        var unit = Unit(text);
        if (Rune.IsValid(unit))
        {
            return text[1] == 'u' ? EscapeLength : 2;
        }

        var isPair = char.IsHighSurrogate((char)unit) && text.Length >= 2 * EscapeLength && char.IsLowSurrogate((char)Unit(text[EscapeLength..]));
        return isPair ? 2 * EscapeLength : 0;
    }

    // 0 for what is no \u escape.
    private static int Unit(ReadOnlySpan<byte> text) =>
        text[0] == '\\' && text[1] == 'u' ? int.Parse(text[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : 0;
}
