namespace BfProxy.Tests.Forwarding;

/// <summary>What a caller, or a page, got to see of one call.</summary>
/// <param name="Text">The answer's text, as far as it came.</param>
/// <param name="Error">Status of the refusal, or code of the one error event.</param>
/// <param name="IsRefused">Whether the request itself was refused, so that no event was sent.</param>
/// <param name="FinishReason">Of the one end of a stream.</param>
/// <param name="RetryAfter">Of a refusal.</param>
/// <param name="Words">The message of the refusal or of the error event.</param>
internal sealed record MatrixAnswer(string Text, int? Error, bool IsRefused, string? FinishReason = null, TimeSpan? RetryAfter = null, string? Words = null);
