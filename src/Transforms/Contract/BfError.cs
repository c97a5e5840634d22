namespace BfProxy.Transforms.Contract;

/// <summary>
/// One failure, as callers see it: before the first byte as a response with <see cref="Status"/>, afterwards as an <c>error</c> event.
/// Carries no key, prompt or completion beyond what the provider itself said in <see cref="ProviderMessage"/>.
/// </summary>
public sealed record BfError
{
    /// <summary>Status that a refusal has or would have had; see the table of contract section 9.</summary>
    public required int Status { get; init; }

    /// <summary>What happened, in our own words; safe for every reader.</summary>
    public required string Message { get; init; }

    /// <summary>The provider's own message, raw and unmasked; <see langword="null"/> where no provider spoke.</summary>
    public string? ProviderMessage { get; init; }

    /// <summary>Configured name of the provider that failed, else <see langword="null"/>.</summary>
    public string? Provider { get; init; }

    /// <summary>The provider's own HTTP status, else <see langword="null"/>.</summary>
    public int? ProviderStatus { get; init; }

    /// <summary>The provider's error type, such as <c>invalid_request_error</c> or <c>INVALID_ARGUMENT</c>.</summary>
    public string? ProviderType { get; init; }

    /// <summary>The provider's error code, such as <c>model_not_found</c> or <c>API_KEY_INVALID</c>.</summary>
    public string? ProviderCode { get; init; }

    /// <summary>How long the provider asked to wait, else <see langword="null"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What kind of failure it is, whatever the status.</summary>
    public BfErrorKind Kind { get; init; }
}
