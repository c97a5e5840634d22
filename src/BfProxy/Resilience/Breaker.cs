using Polly;
using Polly.CircuitBreaker;

namespace BfProxy.Resilience;

/// <summary>Keeps attempts away from one destination that failed too often. Polly's circuit breaker, which can also be asked beforehand.</summary>
internal sealed class Breaker
{
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<Verdict> _pipeline;
    private readonly CircuitBreakerStateProvider _state = new();
    private long _blockedUntil;

    /// <summary>A closed breaker.</summary>
    /// <param name="name">Of the destination.</param>
    /// <param name="options">When it opens.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Told of each change.</param>
    public Breaker(string name, CircuitBreakerOptions options, TimeProvider time, Action<CircuitState> changed)
    {
        Name = name;
        Options = options;
        _time = time;
        _pipeline = new ResiliencePipelineBuilder<Verdict> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Verdict>
            {
                Name = "Breaker",
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.MinimumThroughput,
                SamplingDuration = options.SamplingDuration,
                BreakDuration = options.BreakDuration,
                StateProvider = _state,
                ShouldHandle = arguments => ValueTask.FromResult(IsFailure(arguments.Outcome.Result)),
                OnOpened = _ => Tell(CircuitState.Open, options.BreakDuration),
                OnHalfOpened = _ => Tell(CircuitState.HalfOpen, options.BreakDuration),
                OnClosed = _ => Tell(CircuitState.Closed, TimeSpan.Zero),
            })
            .Build();

        ValueTask Tell(CircuitState state, TimeSpan blocked)
        {
            Volatile.Write(ref _blockedUntil, (time.GetUtcNow() + blocked).UtcTicks);
            changed(state);
            return ValueTask.CompletedTask;
        }
    }

    public string Name { get; }

    public CircuitBreakerOptions Options { get; }

    public CircuitState State => _state.CircuitState;

    /// <summary>How long no attempt is let through; zero where one is, also as a probe.</summary>
    public TimeSpan BlockedFor => State is CircuitState.Closed ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Max(0, Volatile.Read(ref _blockedUntil) - _time.GetUtcNow().UtcTicks));

    /// <summary>Makes an attempt; or, where another has taken the place of the probe, says how long none is let through.</summary>
    public async ValueTask<TimeSpan?> ExecuteAsync(Func<ValueTask<Verdict>> attempt)
    {
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        try
        {
            var outcome = await _pipeline.ExecuteOutcomeAsync(static async (_, attempt) => Outcome.FromResult(await attempt()), context, attempt);
            return outcome.Exception is BrokenCircuitException broken ? broken.RetryAfter ?? Options.BreakDuration : null;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>A probe that we ended ourselves proved nothing: the next one has to.</summary>
    private bool IsFailure(Verdict verdict) => verdict is Verdict.Failed || verdict is Verdict.Unknown && State is CircuitState.HalfOpen;
}
