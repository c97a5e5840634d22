using System.Collections.Concurrent;
using Polly;
using Polly.Retry;

namespace BfProxy.Resilience;

/// <summary>The pipelines that repeat an attempt, by their settings.</summary>
internal sealed class RetryPipelines(TimeProvider time)
{
    private readonly ConcurrentDictionary<(int Attempts, TimeSpan Delay, TimeSpan MaxDelay), ResiliencePipeline<AttemptResult>> _bySettings = new();

    public ResiliencePipeline<AttemptResult> For(RetryOptions options) =>
        options.Attempts == 0 ? ResiliencePipeline<AttemptResult>.Empty : _bySettings.GetOrAdd((options.Attempts, options.Delay, options.MaxDelay), Build);

    private ResiliencePipeline<AttemptResult> Build((int Attempts, TimeSpan Delay, TimeSpan MaxDelay) settings) =>
        new ResiliencePipelineBuilder<AttemptResult> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<AttemptResult>
            {
                Name = "Retry",
                MaxRetryAttempts = settings.Attempts,
                Delay = settings.Delay,
                MaxDelay = settings.MaxDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(IsRepeated(arguments.Outcome.Result, settings.MaxDelay)),
                DelayGenerator = static arguments => ValueTask.FromResult(arguments.Outcome.Result.Error?.RetryAfter),
            })
            .Build();

    private static bool IsRepeated(AttemptResult result, TimeSpan maxDelay) =>
        result is { MayRepeat: true, Error: { } error } && Failures.ArePassing(error) && !(error.RetryAfter > maxDelay);
}
