using System.Collections.Concurrent;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace BfProxy.Hooks;

/// <summary>The resilience pipelines that calls run in, by timeout and retries: a clock for each try, tries further and further apart.</summary>
internal sealed class HookPipelines(TimeProvider time)
{
    /// <summary>Between the first two tries; also puts them into different seconds, so that they are signed differently.</summary>
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(TimeSpan Timeout, int Retries), ResiliencePipeline<HookResult>> _pipelines = new();

    public ResiliencePipeline<HookResult> For(HookOptions options) => _pipelines.GetOrAdd((options.Timeout, options.Retries), Build);

    private ResiliencePipeline<HookResult> Build((TimeSpan Timeout, int Retries) key)
    {
        var builder = new ResiliencePipelineBuilder<HookResult> { TimeProvider = time };
        if (key.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<HookResult>
            {
                Name = "Retry",
                MaxRetryAttempts = key.Retries,
                Delay = FirstDelay,
                MaxDelay = LongestDelay,
                BackoffType = DelayBackoffType.Exponential,
                ShouldHandle = static attempt => ValueTask.FromResult(attempt.Outcome.Exception is TimeoutRejectedException || attempt.Outcome.Result is { IsTransient: true }),
            });
        }

        return builder.AddTimeout(new TimeoutStrategyOptions { Name = "Try", Timeout = key.Timeout }).Build();
    }
}
