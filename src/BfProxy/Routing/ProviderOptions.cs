using System.ComponentModel.DataAnnotations;
using BfProxy.Resilience;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Routing;

/// <summary><c>BfProxy:Providers:&lt;name&gt;</c>: one provider, or one way to use it.</summary>
internal sealed class ProviderOptions
{
    /// <summary>The provider's language: <c>openai</c>, <c>openai-responses</c>, <c>gemini</c> or <c>anthropic</c>.</summary>
    [Required]
    public string Dialect { get; init; } = "";

    /// <summary>YARP cluster that leads there; default: the provider's own name.</summary>
    public string? Cluster { get; init; }

    /// <summary>The server's key, used where a request brings none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Several server keys; taken in turn, and rested where the provider refuses one.</summary>
    public List<string> ApiKeys { get; init; } = [];

    /// <summary>Model of requests that name none.</summary>
    public string? DefaultModel { get; init; }

    /// <summary>Alias to real model name.</summary>
    public Dictionary<string, string> Models { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Real model names that may be used; empty means all.</summary>
    public List<string> AllowedModels { get; init; } = [];

    /// <summary>What is special about which model, in addition to the rules that are shipped; the last word counts.</summary>
    public List<ModelRule> ModelRules { get; init; } = [];

    /// <summary>Whether the provider wants a key at all.</summary>
    public bool KeyRequired { get; init; } = true;

    /// <summary>Whether the provider itself keeps the threads of assistants: OpenAI's Responses and Conversations. Where not, we keep them.</summary>
    public bool Conversations { get; init; }

    /// <summary>The four clocks.</summary>
    public TimeoutOptions Timeouts { get; init; } = new();

    /// <summary>When the same call is made again.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>When a destination is not asked for a while.</summary>
    public CircuitBreakerOptions CircuitBreaker { get; init; } = new();

    /// <summary>Who is asked instead where this provider fails before the first token, in this order.</summary>
    public List<Fallback> Fallbacks { get; init; } = [];

    /// <summary>After what time without content the next fallback is asked as well; default: never, since both may be billed.</summary>
    public TimeSpan? HedgeAfter { get; init; }

    /// <summary>Whether the next fallback goes on with a streamed answer that broke off in the middle; off by default, since the seam may be seen.</summary>
    public bool ContinueOnFallback { get; init; }

    /// <summary>How calls without <c>stream</c> are made.</summary>
    public NonStreamingMode NonStreaming { get; init; }

    /// <summary>Most bytes of one response, streamed or not.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public long MaxResponseBytes { get; init; } = 16 * 1024 * 1024;
}
