using System.Globalization;
using System.Text.Unicode;

namespace BfProxy.Messaging;

/// <summary>Whether every string of a JSON text can be read: JSON allows half a surrogate pair as an escape, and its reader throws late over it.</summary>
internal static class MessageText
{
    private const int EscapeLength = 6;
    private const int DigitsAt = 2;

    /// <summary>Whether it holds neither half a surrogate pair nor bytes that are not UTF-8.</summary>
    /// <param name="json">Text that was parsed as JSON, so that a backslash begins an escape within a string.</param>
    public static bool IsWhole(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        for (var at = json.IndexOf((byte)'\\'); at >= 0; at = json.IndexOf((byte)'\\'))
        {
            json = json[at..];
            var isPair = char.IsHighSurrogate(UnitAt(json)) && char.IsLowSurrogate(UnitAt(json[EscapeLength..]));
            if (!isPair && char.IsSurrogate(UnitAt(json)))
            {
                return false;
            }

            json = json[(isPair ? 2 * EscapeLength : json[1] == 'u' ? EscapeLength : DigitsAt)..];
        }

        return true;
    }

    /// <summary>The escaped UTF-16 unit that stands at the start; zero where none does.</summary>
    private static char UnitAt(ReadOnlySpan<byte> json) =>
        json.Length >= EscapeLength && json.StartsWith("\\u"u8) && ushort.TryParse(json[DigitsAt..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? (char)unit : '\0';
}
