using System.IO.Enumeration;
using System.Text.Json;

namespace BfProxy.Transforms.Dialects;

/// <summary>
/// Which model is special in which way: the rules shipped with each dialect, then those of one provider's configuration. All that match a model apply;
/// what a later one says stands. Immutable and safe for all threads.
/// </summary>
/// <param name="configured">The provider's own rules, in order.</param>
public sealed class ModelRules(IReadOnlyList<ModelRule> configured)
{
    private const string Resource = "BfProxy.Transforms.Dialects.ModelRules.json";
    private const string Collection = "models/";

    private static readonly Dictionary<string, ModelRule[]> Shipped = ReadShipped();

    /// <summary>The shipped rules alone.</summary>
    public static ModelRules Default { get; } = new([]);

    /// <summary>What is known of a model when it is spoken to in a dialect.</summary>
    /// <param name="dialect">Name of the dialect.</param>
    /// <param name="model">The real model name.</param>
    public ModelTraits For(string dialect, string model)
    {
        // Gemini's lists name models with their collection.
        var name = model.StartsWith(Collection, StringComparison.Ordinal) ? model[Collection.Length..] : model;
        var traits = new ModelTraits();
        foreach (var rule in Shipped.GetValueOrDefault(dialect, []).Concat(configured))
        {
            if (rule.Models.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name)))
            {
                traits = rule.Over(traits);
            }
        }

        return traits;
    }

    private static Dictionary<string, ModelRule[]> ReadShipped()
    {
        using var stream = typeof(ModelRules).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} is missing.");
        return JsonSerializer.Deserialize(stream, ModelRulesContext.Default.DictionaryStringModelRuleArray)!;
    }
}
