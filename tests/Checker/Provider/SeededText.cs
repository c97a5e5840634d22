using System.Globalization;
using System.Text;

namespace Checker.Provider;

/// <summary>The text of a stream, token by token, known to the provider that sends it and to the clients that check it.</summary>
/// <param name="Stream">The stream's number, from which its words follow.</param>
/// <param name="Tokens">How many there are.</param>
internal sealed record SeededText(int Stream, int Tokens)
{
    private static readonly string[] Words = ["stream", " of", "\n", " \"quoted\"", " back\\slash", " ünïcödé", " 日本語", " 👩‍🚀", " עברית", "\t", " </script>", " \u2028", " e\u0301"];

    /// <summary>Every token names its place, so that one taken for another is seen.</summary>
    public string this[int index]
    {
        get
        {
            var mixed = unchecked((uint)((Stream * 7919) + (index * 104_729)));
            return string.Create(CultureInfo.InvariantCulture, $"{Words[mixed % Words.Length]}{Stream}.{index};");
        }
    }

    public string Join(int first, int last)
    {
        var text = new StringBuilder();
        for (var index = first; index <= last; index++)
        {
            text.Append(this[index]);
        }

        return text.ToString();
    }
}
