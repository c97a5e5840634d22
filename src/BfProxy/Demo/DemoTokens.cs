using System.Globalization;

namespace BfProxy.Demo;

/// <summary>Cuts a text into pieces as a model's tokens look from outside: mostly a word, sometimes two, never half a character.</summary>
internal static class DemoTokens
{
    private const int LongestWord = 14;

    private const int PieceOfLongWord = 4;

    /// <summary>Every fifth piece holds two words, so that pieces differ in length and a text is always cut alike.</summary>
    private const int TwoWordsEvery = 5;

    public static IEnumerable<string> Cut(string text)
    {
        var start = 0;
        var count = 0;
        while (start < text.Length)
        {
            var end = EndOfWord(text, start);
            count++;
            if (count % TwoWordsEvery == 0 && end < text.Length)
            {
                end = EndOfWord(text, end);
            }

            yield return text[start..end];
            start = end;
        }
    }

    /// <summary>A word with the white space before it. A run without spaces (Chinese, Japanese, an address) is cut every few characters.</summary>
    private static int EndOfWord(string text, int start)
    {
        var end = start;
        while (end < text.Length && char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        var wordStart = end;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return end - wordStart <= LongestWord ? end : EndOfPiece(text, wordStart);
    }

    private static int EndOfPiece(string text, int start)
    {
        var end = start;
        for (var i = 0; i < PieceOfLongWord; i++)
        {
            end += StringInfo.GetNextTextElementLength(text, end);
        }

        return end;
    }
}
