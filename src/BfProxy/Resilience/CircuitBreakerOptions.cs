namespace BfProxy.Resilience;

/// <summary><c>CircuitBreaker</c> of a provider: a destination that fails again and again is not asked for a while. Two of the same values are equal.</summary>
internal sealed record CircuitBreakerOptions
{
    /// <summary>Whether there is one; off by default, since a provider that fails half of its calls is still of use where no other is.</summary>
    public bool Enabled { get; init; }

    /// <summary>Share of the attempts that must fail.</summary>
    public double FailureRatio { get; init; } = 0.5;

    /// <summary>Fewest attempts within the sampling time that say anything.</summary>
    public int MinimumThroughput { get; init; } = 10;

    /// <summary>How far back attempts count.</summary>
    public TimeSpan SamplingDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the destination is not asked; then one attempt probes it.</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(15);
}
