namespace BfProxy.Transforms.Contract;

/// <summary>Token counts of one stream, in the provider-neutral sense of OpenAI's <c>usage</c> object.</summary>
/// <param name="PromptTokens">Tokens of the request, cached ones included.</param>
/// <param name="CompletionTokens">Tokens of the answer, reasoning included.</param>
/// <param name="CachedTokens">The part of <paramref name="PromptTokens"/> that came from a cache.</param>
/// <param name="ReasoningTokens">The part of <paramref name="CompletionTokens"/> that was thinking.</param>
public readonly record struct Usage(long PromptTokens, long CompletionTokens, long CachedTokens = 0, long ReasoningTokens = 0)
{
    /// <summary>What two answers cost together.</summary>
    public static Usage operator +(Usage left, Usage right) => new(
        left.PromptTokens + right.PromptTokens,
        left.CompletionTokens + right.CompletionTokens,
        left.CachedTokens + right.CachedTokens,
        left.ReasoningTokens + right.ReasoningTokens);
}
