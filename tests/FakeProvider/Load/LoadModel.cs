using System.Globalization;
using System.Text.RegularExpressions;

namespace FakeProvider.Load;

/// <summary>What a request asks of the load server, all in its model's name: <c>load-&lt;tokens&gt;-&lt;perSecond&gt;-&lt;stream&gt;</c>.</summary>
public sealed partial record LoadModel(int Tokens, int PerSecond, int Stream)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"load-{Tokens}-{PerSecond}-{Stream}");

    /// <summary>Reads it where the dialect has it: in the body, or, as Gemini does, in the path.</summary>
    public static LoadModel? Find(string text)
    {
        var match = Pattern().Match(text);
        return match.Success ? new LoadModel(Number(match, "tokens"), Number(match, "rate"), Number(match, "stream")) : null;
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("[\"/]load-(?<tokens>[0-9]{1,6})-(?<rate>[0-9]{1,4})-(?<stream>[0-9]{1,8})[\":]", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
