using BfProxy.Configuration;
using BfProxy.Resilience;

namespace BfProxy.Routing;

/// <summary>Finds what cannot work in <c>Retry</c>, <c>CircuitBreaker</c>, <c>HedgeAfter</c> and <c>Fallbacks</c> of a provider.</summary>
internal static class ResilienceFaults
{
    private const int MaxAttempts = 10;
    private const int MostThroughput = 100_000;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ShortestHedge = TimeSpan.FromMilliseconds(10);

    /// <summary>Polly's own least.</summary>
    private static readonly TimeSpan ShortestBreak = TimeSpan.FromMilliseconds(500);

    /// <summary>Checks one provider.</summary>
    /// <param name="path">Where its settings stand.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="known">Names of all providers.</param>
    /// <param name="faults">Collects what is wrong.</param>
    public static void Check(string path, ProviderOptions options, IReadOnlySet<string> known, Faults faults)
    {
        var retry = options.Retry;
        if (retry.Attempts is < 0 or > MaxAttempts)
        {
            faults.Add($"{path}:Retry:Attempts", $"expected 0 to {MaxAttempts}");
        }

        CheckDelay($"{path}:Retry:Delay", retry.Delay, faults);
        CheckDelay($"{path}:Retry:MaxDelay", retry.MaxDelay, faults);
        if (options.HedgeAfter is { } patience && (patience < ShortestHedge || patience > LongestDelay))
        {
            faults.Add($"{path}:HedgeAfter", $"'{patience}' is out of range; expected hh:mm:ss between {ShortestHedge:c} and {LongestDelay}");
        }

        if (options is { HedgeAfter: not null, Fallbacks.Count: 0 })
        {
            faults.Add($"{path}:HedgeAfter", "there is nobody to ask as well; expected at least one entry in Fallbacks");
        }

        if (options is { ContinueOnFallback: true, Fallbacks.Count: 0 })
        {
            faults.Add($"{path}:ContinueOnFallback", "there is nobody to go on; expected at least one entry in Fallbacks");
        }

        CheckBreaker($"{path}:CircuitBreaker", options.CircuitBreaker, faults);
        for (var i = 0; i < options.Fallbacks.Count; i++)
        {
            CheckFallback($"{path}:Fallbacks:{i}:Provider", options.Fallbacks[i].Provider, known, faults);
        }
    }

    private static void CheckBreaker(string path, CircuitBreakerOptions breaker, Faults faults)
    {
        if (!(breaker.FailureRatio is > 0 and <= 1))
        {
            faults.Add($"{path}:FailureRatio", "expected a share above 0, up to 1");
        }

        if (breaker.MinimumThroughput is < 2 or > MostThroughput)
        {
            faults.Add($"{path}:MinimumThroughput", $"expected 2 to {MostThroughput}");
        }

        foreach (var (name, value) in new[] { (nameof(breaker.SamplingDuration), breaker.SamplingDuration), (nameof(breaker.BreakDuration), breaker.BreakDuration) })
        {
            if (value < ShortestBreak || value > LongestDelay)
            {
                faults.Add($"{path}:{name}", $"'{value}' is out of range; expected hh:mm:ss between {ShortestBreak:c} and {LongestDelay}");
            }
        }
    }

    private static void CheckDelay(string path, TimeSpan delay, Faults faults)
    {
        if (delay < TimeSpan.Zero || delay > LongestDelay)
        {
            faults.Add(path, $"'{delay}' is out of range; expected hh:mm:ss up to {LongestDelay}");
        }
    }

    private static void CheckFallback(string path, string provider, IReadOnlySet<string> known, Faults faults)
    {
        if (!known.Contains(provider))
        {
            faults.Add(path, $"there is no provider '{provider}' in BfProxy:Providers");
        }
    }
}
