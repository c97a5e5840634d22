using BfProxy.Transforms.Dialects.Anthropic;
using BfProxy.Transforms.Dialects.Gemini;
using BfProxy.Transforms.Dialects.OpenAi;
using BfProxy.Transforms.Dialects.OpenAiResponses;

namespace BfProxy.Transforms.Dialects;

/// <summary>All dialects. A new one is one folder and one line here.</summary>
/// <param name="time">Dates what dialects make themselves.</param>
public sealed class DialectCatalog(TimeProvider time)
{
    private static readonly DialectCatalog Default = new(TimeProvider.System);

    private readonly IDialect[] _dialects =
    [
        new OpenAiDialect(),
        new ResponsesDialect(time),
        new GeminiDialect(time),
        new AnthropicDialect(time),
    ];

    /// <summary>Names as configuration spells them.</summary>
    public IEnumerable<string> Names => _dialects.Select(dialect => dialect.Name);

    /// <summary>The dialect of this name, upper or lower case, dated by the system's clock; <see langword="null"/> where there is none.</summary>
    public static IDialect? Find(string name) => Default.Get(name);

    /// <summary>The dialect of this name, upper or lower case; <see langword="null"/> where there is none.</summary>
    public IDialect? Get(string name) => Array.Find(_dialects, dialect => dialect.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
