using System.Text.RegularExpressions;

namespace BfProxy.Sessions;

/// <summary>Texts of a bot with <c>{{name}}</c> for what the page told. A value is text: it is not looked through again.</summary>
internal static partial class Template
{
    public static string Render(string text, IReadOnlyDictionary<string, string> variables) =>
        Variable().Replace(text, match => variables.GetValueOrDefault(match.Groups["name"].Value, ""));

    public static IEnumerable<string> NamesIn(string text) => Variable().Matches(text).Select(static match => match.Groups["name"].Value);

    [GeneratedRegex(@"\{\{\s*(?<name>[^{}]{1,64}?)\s*\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
