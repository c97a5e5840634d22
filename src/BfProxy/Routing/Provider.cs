using System.Collections.Frozen;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Routing;

/// <summary>One provider, as configured; immutable.</summary>
internal sealed record Provider(string Name, IDialect Dialect, string Cluster, ProviderOptions Options, DialectCatalog Dialects)
{
    private readonly FrozenSet<string> _allowedModels = Options.AllowedModels.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Name of the route in YARP that leads to the provider and is reachable from inside only.</summary>
    public string RouteId => "bfproxy-provider-" + Name;

    /// <summary>What is special about the models: the shipped rules and the provider's own.</summary>
    public ModelRules Rules { get; } = new(Options.ModelRules);

    /// <summary>The keys held by the server.</summary>
    public KeyRing Keys { get; } = new([.. Options.ApiKeys.Prepend(Options.ApiKey ?? "").Where(key => key.Length > 0).Distinct(StringComparer.Ordinal)]);

    public bool HasServerKey => Keys.Count > 0;

    /// <summary>The real name of a model or alias.</summary>
    public string RealModel(string model) => Options.Models.GetValueOrDefault(model, model);

    /// <summary>
    /// The dialect in which the model is asked: its own where the rules name one. A plain answer is handed on as it comes, so there
    /// the provider's own stays where the model can be asked in it at all.
    /// </summary>
    public IDialect DialectFor(ChatRequest request, string realModel, bool streams)
    {
        if (request.Conversation is not null)
        {
            return Dialects.Get("openai-responses") ?? Dialect;
        }

        var traits = Rules.For(Dialect.Name, realModel);
        var name = streams ? traits.DialectFor(request) : traits.Dialect;
        return name is null ? Dialect : Dialects.Get(name) ?? Dialect;
    }

    /// <summary>Whether configuration names the model; callers may send any other, so those are no tag of a metric.</summary>
    public bool Knows(string realModel) =>
        realModel == Options.DefaultModel || _allowedModels.Contains(realModel) || Options.Models.ContainsValue(realModel);

    public bool Allows(string realModel) => _allowedModels.Count == 0 || _allowedModels.Contains(realModel);
}
