namespace BfProxy.Resilience;

/// <summary><c>Retry</c> of a provider: the same call again, as long as none of its answer has been seen.</summary>
internal sealed class RetryOptions
{
    /// <summary>Further tries; none by default, since each may be billed.</summary>
    public int Attempts { get; init; }

    /// <summary>Wait before the first of them, where the provider names none; doubled each time, with jitter.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait. A provider that asks for more is not tried again.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(10);
}
