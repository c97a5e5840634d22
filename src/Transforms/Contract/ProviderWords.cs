using System.Text.RegularExpressions;

namespace BfProxy.Transforms.Contract;

/// <summary>Makes a provider's own words fit to be shown: anything like a key, a token, an organisation or a project is masked, the rest stays.</summary>
public static partial class ProviderWords
{
    private const int MaxLength = 4096;

    /// <summary>Returns <paramref name="words"/> with secrets replaced by their kind and asterisks, cut to 4096 characters.</summary>
    public static string Mask(string words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var shown = words.Length > MaxLength ? words[..MaxLength] : words;
        return Secrets().Replace(shown, static match => match.Groups["kind"].Value + "***");
    }

    // Providers mask keys themselves with asterisks ("sk-abc***xyz"), so these belong to what is masked.
    [GeneratedRegex(
        @"(?<kind>\bBearer\s+)[^\s""'<>,;]+|(?<![A-Za-z0-9])(?<kind>sk-|pk-|rk-|AIza|AQ\.|ya29\.|org-|proj_|BFAPI_|gh[pousr]_|xox[abp]-|AKIA|eyJ|projects/|project_number:)(\.?[A-Za-z0-9_\-*•…/+=]){2,}",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Secrets();
}
