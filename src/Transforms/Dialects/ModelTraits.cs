using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects;

/// <summary>What is special about a model. It is data, shipped with defaults and extended by configuration; a member left null says nothing.</summary>
/// <remarks>Fields are named as in OpenAI's requests, whatever the provider calls them.</remarks>
public record ModelTraits
{
    /// <summary>Name of the dialect that the model is spoken to in, where it is not the provider's own.</summary>
    public string? Dialect { get; init; }

    /// <summary>The same, for requests that offer functions to the model while it reasons.</summary>
    public string? DialectWithTools { get; init; }

    /// <summary>Fields that the model refuses and that are left out.</summary>
    public IReadOnlyList<string>? Drop { get; init; }

    /// <summary>Fields that it refuses while it reasons.</summary>
    public IReadOnlyList<string>? DropWhileReasoning { get; init; }

    /// <summary>Fields of which it takes one only; the first that a request has is kept.</summary>
    public IReadOnlyList<string>? OneOf { get; init; }

    /// <summary>Fields that it knows under another name; for the dialect <c>openai</c> only.</summary>
    public IReadOnlyDictionary<string, string>? Rename { get; init; }

    /// <summary>The effort with which it reasons where a request names none; <c>none</c> for a model that does not.</summary>
    public string? DefaultEffort { get; init; }

    /// <summary>The effort to ask for where a request offers functions and names none.</summary>
    public string? EffortWithTools { get; init; }

    /// <summary>Efforts in the model's own terms: a word, or a budget in tokens; one that is missing is sent as it is, an empty one is left out.</summary>
    public IReadOnlyDictionary<string, string>? Efforts { get; init; }

    /// <summary>How reasoning is set at all: <c>effort</c>, <c>level</c>, <c>budget</c> or <c>none</c>.</summary>
    public string? Thinking { get; init; }

    /// <summary>Tokens of the answer to ask for where a request names no number and the provider wants one.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Fewest tokens of the answer that may be asked for.</summary>
    public int? MinTokens { get; init; }

    /// <summary>Highest temperature that it takes; a higher one is lowered.</summary>
    public double? MaxTemperature { get; init; }

    /// <summary>Whether it takes functions; where not, a request that offers some is refused.</summary>
    public bool? Tools { get; init; }

    /// <summary>Whether it can be made to call a function; where not, it is asked to in words.</summary>
    public bool? ForcedTools { get; init; }

    /// <summary>Whether a conversation may end with the beginning of the model's own answer.</summary>
    public bool? Prefill { get; init; }

    /// <summary>Whether it can be held to a JSON Schema; where not, it is asked to in words.</summary>
    public bool? Schemas { get; init; }

    /// <summary>Whether its calls carry signatures that it wants back.</summary>
    public bool? Signatures { get; init; }

    /// <summary>Name of the dialect in which a request is said to the model; null for the provider's own.</summary>
    public string? DialectFor(ChatRequest request) =>
        Dialect ?? (request.Tools.Any(static tool => tool.Name is not null) && AskedEffort.Reasons(request.Parameters, this) ? DialectWithTools : null);

    internal ModelTraits Over(ModelTraits under) => new()
    {
        Dialect = Dialect ?? under.Dialect,
        DialectWithTools = DialectWithTools ?? under.DialectWithTools,
        Drop = Drop ?? under.Drop,
        DropWhileReasoning = DropWhileReasoning ?? under.DropWhileReasoning,
        OneOf = OneOf ?? under.OneOf,
        Rename = Rename ?? under.Rename,
        DefaultEffort = DefaultEffort ?? under.DefaultEffort,
        EffortWithTools = EffortWithTools ?? under.EffortWithTools,
        Efforts = Efforts ?? under.Efforts,
        Thinking = Thinking ?? under.Thinking,
        MaxTokens = MaxTokens ?? under.MaxTokens,
        MinTokens = MinTokens ?? under.MinTokens,
        MaxTemperature = MaxTemperature ?? under.MaxTemperature,
        Tools = Tools ?? under.Tools,
        ForcedTools = ForcedTools ?? under.ForcedTools,
        Prefill = Prefill ?? under.Prefill,
        Schemas = Schemas ?? under.Schemas,
        Signatures = Signatures ?? under.Signatures,
    };
}
