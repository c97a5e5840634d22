using System.Buffers;
using System.Globalization;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>What a model's name says about what it accepts.</summary>
/// <param name="Version">Major and minor, such as 2.5; a moving name such as <c>gemini-flash-latest</c> counts as the newest.</param>
/// <param name="IsPro">Whether thinking cannot be switched off.</param>
internal readonly record struct GeminiModel(decimal Version, bool IsPro)
{
    private const string Family = "gemini-";
    private const decimal Newest = 99m;

    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789.");

    /// <summary>Whether function calls must carry a thought signature, and thinking is set by level.</summary>
    public bool HasSignatures => Version >= 3m;

    /// <summary>Whether thinking is set by a budget of tokens.</summary>
    public bool HasThinkingBudget => Version is >= 2.5m and < 3m;

    /// <summary>Whether the lowest thinking level exists.</summary>
    public bool HasMinimalLevel => HasSignatures && !IsPro && Version < 3.7m;

    public static GeminiModel Parse(string model)
    {
        var start = model.IndexOf(Family, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return default;
        }

        var rest = model.AsSpan(start + Family.Length);
        var isPro = rest.Contains("pro", StringComparison.OrdinalIgnoreCase);
        var end = rest.IndexOfAnyExcept(VersionCharacters);
        var isNumber = decimal.TryParse(end < 0 ? rest : rest[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version);
        if (!isNumber && rest.EndsWith("-latest", StringComparison.OrdinalIgnoreCase))
        {
            version = Newest;
        }

        return new GeminiModel(version, isPro);
    }
}
