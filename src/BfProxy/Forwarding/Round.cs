namespace BfProxy.Forwarding;

/// <summary>One call of a provider within a stream, and who reads its answer. A stream has one, or, where tools are run, several.</summary>
internal sealed record Round(ProviderCall Call, ResponseReader Response)
{
    /// <summary>Asked when the provider refused the call; null where a refusal is final.</summary>
    public RoundAgain? Again { get; init; }
}
