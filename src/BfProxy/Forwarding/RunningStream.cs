using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using BfProxy.Limits;
using BfProxy.Telemetry;
using BfProxy.Transforms.Contract;
using Polly.Timeout;

namespace BfProxy.Forwarding;

/// <summary>
/// One stream from its start to its end. It outlives the POST that started it: it has a task, a cancellation and a trace of its own,
/// and is ended by its provider, by a stop, by a clock, by the drain, or by a caller that leaves while it waits.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A late stop may still cancel the source; without a timer it holds nothing.")]
internal sealed partial class RunningStream
{
    private readonly StreamDependencies _dependencies;
    private readonly ResponseReader _output;
    private readonly NextRound? _next;
    private readonly AttemptPlan? _plan;
    private readonly Func<RunningStream, Task>? _after;
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource<BfError?> _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started;
    private readonly Task<Task> _run;
    private readonly StreamOrigin? _origin = StreamOrigin.Current;
    private readonly Action<RunningStream> _ended;
    private Round _round;
    private AttemptOutcome _outcome;
    private StreamTrace? _trace;
    private StreamSummary? _summary;
    private long _firstContent;
    private bool _isAccepted;
    private BfError? _refusal;
    private int _cause;

    public RunningStream(string id, StreamOwner owner, Round first, NextRound? next, AttemptPlan? plan, Func<RunningStream, Task>? after, StreamDependencies dependencies, Action<RunningStream> ended)
    {
        Id = id;
        Owner = owner;
        _round = first;
        _output = first.Response;
        _next = next;
        _plan = plan;
        _after = after;
        _dependencies = dependencies;
        _ended = ended;
        _started = dependencies.Time.GetTimestamp();
        using (ExecutionContext.SuppressFlow())
        {
            _run = new Task<Task>(static state => ((RunningStream)state!).RunToEndAsync(), this, TaskCreationOptions.DenyChildAttach);
        }

        Completion = _run.Unwrap();
    }

    /// <summary>128 random bits; whoever knows it may stop the stream.</summary>
    public string Id { get; }

    public StreamOwner Owner { get; }

    /// <summary>Null once the provider has accepted; else why the stream never began.</summary>
    public Task<BfError?> Accepted => _accepted.Task;

    /// <summary>Ends when the stream is over and its provider's connection released.</summary>
    public Task Completion { get; }

    /// <summary>Starts the stream on a flow of its own: nothing of the caller's execution context went along, except a link to its trace.</summary>
    public void Start() => _run.Start(TaskScheduler.Default);

    /// <summary>The provider has accepted: the POST may be answered.</summary>
    public void ProviderAccepted()
    {
        // Not `|=`: of two attempts at once the later one must not take back what the first has noted.
        if (_accepted.TrySetResult(null))
        {
            _isAccepted = true;
        }
    }

    /// <summary>The first content of the answer arrived: no other attempt of this call will be made.</summary>
    public void FirstContent(ProviderCall call, Activity? attempt)
    {
        if (_firstContent == 0)
        {
            _firstContent = _dependencies.Time.GetTimestamp();
            _trace?.FirstToken(attempt);
        }

        call.ForgetBody();
        _plan?.Close();
    }

    /// <summary>Why we ended the stream.</summary>
    public EndCause Cause => (EndCause)_cause;

    /// <summary>Ends the stream for a reason of ours; the first reason counts.</summary>
    public void End(EndCause cause)
    {
        if (NoteCause(cause))
        {
            _abort.Cancel();
        }
    }

    /// <summary>Stops the stream; false where its end was told already.</summary>
    public bool TryStop()
    {
        if (_round.Response.IsOver)
        {
            return false;
        }

        End(EndCause.Stopped);
        return true;
    }

    /// <summary>Why the stream never began or broke, once it is over. What a provider did carries its name.</summary>
    public async Task<BfError?> ResultAsync()
    {
        await Completion;
        return _refusal ?? (_round.Response.Error is { Provider: null } error && IsProviders(error) ? error with { Provider = _round.Call.Provider.Name } : _round.Response.Error);
    }

    /// <summary>What the stream amounted to; complete once it has ended.</summary>
    public StreamSummary Summary() => _summary ?? new(
        Target(),
        _dependencies.Time.GetElapsedTime(_started),
        _firstContent == 0 ? null : _dependencies.Time.GetElapsedTime(_started, _firstContent),
        _round.Response.CountedUsage,
        (_refusal ?? _round.Response.Error)?.Status,
        _round.Response.MalformedFrames);

    private static StreamTarget Target(ProviderCall call) => new(call.Provider.Name, call.Dialect.Name, call.Model, call.Provider.Knows(call.Model));

    private StreamTarget Target() => Target(_round.Call);

    private string EndWord() => LastCause switch
    {
        EndCause.None or EndCause.Finished => (_refusal ?? _round.Response.Error) is null ? "finished" : "error",
        var cause => JsonNamingPolicy.SnakeCaseLower.ConvertName(cause.ToString()),
    };

    /// <summary>Readers of an answer do not know whose it is; a fault of ours, or an end that we made, is not the provider's.</summary>
    private bool IsProviders(BfError error) => error.Status != StatusCodes.Status500InternalServerError && LastCause is (EndCause.None or EndCause.Finished);

    /// <summary>Why the stream or its last attempt was ended.</summary>
    private EndCause LastCause => Cause is not EndCause.None and var cause ? cause : _outcome.Cause;

    private bool NoteCause(EndCause cause) => Interlocked.CompareExchange(ref _cause, (int)cause, (int)EndCause.None) == (int)EndCause.None;

    private async Task RunToEndAsync()
    {
        try
        {
            await RunAsync();
        }
        finally
        {
            // Last, its trace included: where no stream runs, nothing of one is left to be done.
            _ended(this);
        }
    }

    private async Task RunAsync()
    {
        using var trace = _trace = StreamTrace.Begin(_origin, Owner.App, Target(), _round.Call.Body.Length);
        await using var abandoned = _output.Abandoned.UnsafeRegister(static stream => ((RunningStream)stream!).End(EndCause.Abandoned), this);
        var admission = default(StreamAdmission);
        try
        {
            admission = await _dependencies.Limits.AdmitAsync(Owner.App, Id, _abort.Token);
            if (admission.Refusal is { } refusal)
            {
                Fail(refusal);
                return;
            }

            var pipeline = _dependencies.Pipelines.For(_round.Call.Provider.Options.Timeouts.Total);
            await pipeline.ExecuteAsync(static (stream, cancellationToken) => stream.RoundsAsync(cancellationToken), this, _abort.Token);
            LogFailure();
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutRejectedException && Cause != EndCause.None)
        {
            // We ended it before its attempt had begun, or between two attempts or rounds.
            Fail(StreamErrors.EndedBy(_round.Call.Provider, Cause, refusal: null));
        }
        catch (Exception exception)
        {
            // The one catch-all of the stream's pump: a fault of ours must end the stream by name, not leave its subscribers waiting.
            StreamLog.Failed(_dependencies.Logger, exception, _round.Call.Provider.Name);
            Fail(StreamErrors.Internal());
        }
        finally
        {
            trace?.End(Summary(), Target(), _isAccepted, EndWord());
            _round.Response.Dispose();
            await (_after?.Invoke(this) ?? Task.CompletedTask);
            _output.Dispose();
            _plan?.Dispose();
            _summary = Summary();
            await _dependencies.Limits.LeaveAsync(admission, _round.Response.CountedUsage);
        }
    }

    /// <summary>One call of the provider, and then what its answer asks for, until it asks for nothing more.</summary>
    private async ValueTask RoundsAsync(CancellationToken cancellationToken)
    {
        // Only the total clock cancels this token without a cause of ours; it is noted at once, lest another clock runs out while the attempt winds down.
        await using var total = cancellationToken.UnsafeRegister(static stream => ((RunningStream)stream!).NoteCause(EndCause.Total), this);
        await AttemptsAsync(cancellationToken);
        while (_next is not null && _round.Response is { IsFinished: true, Error: null } && await _next(cancellationToken) is { } round)
        {
            _plan?.Dispose();
            _round.Response.GiveWay();
            _round = round;
            await AttemptsAsync(cancellationToken);
        }
    }

    /// <summary>Sends the call of a round, again where the round wants that, and says what became of it.</summary>
    /// <param name="round">What is asked, and who reads the answer.</param>
    /// <param name="abort">Ends this attempt; null where there is no need for one from outside.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    private async ValueTask<AttemptOutcome> AttemptAsync(Round round, AttemptAbort? abort, CancellationToken cancellationToken)
    {
        if (_dependencies.Endpoints.Find(round.Call.Provider) is not { RequestDelegate: { } forward } endpoint)
        {
            return new AttemptOutcome(StreamErrors.NoEndpoint(round.Call.Provider));
        }

        for (var tries = 1; ; tries++)
        {
            // A clock ends the attempt only, where the stream may go on with another one or another round.
            using var own = abort is null && (_plan is not null || _next is not null) ? new AttemptAbort(cancellationToken) : null;
            using var attempt = Prepare(round, abort ?? own);
            await attempt.SendAsync(endpoint, forward, _dependencies.Scopes, cancellationToken);
            attempt.StopClocks();
            if (round.Again is null || attempt.Cause != EndCause.None || attempt.Refusal() is not { } refusal || !await round.Again(refusal, tries, cancellationToken))
            {
                return new AttemptOutcome(Settle(attempt), attempt.Cause, attempt.Destination);
            }
        }
    }

    private Attempt Prepare(Round round, AttemptAbort? abort)
    {
        var isChosen = _plan is not null || round.Call.Provider.Options.CircuitBreaker.Enabled;
        return new Attempt(round, this, abort, isChosen ? _plan?.Avoided ?? [] : null, _trace?.Attempt(Target(round.Call)), _dependencies.Time);
    }

    /// <summary>YARP is done with the attempt: closes the answer, unless it has closed itself, or says why it cannot be.</summary>
    private BfError? Settle(Attempt attempt)
    {
        if (attempt.Response.IsFinished)
        {
            return null;
        }

        if (attempt.BodyFault() is { } exception)
        {
            StreamLog.Failed(_dependencies.Logger, exception, attempt.Call.Provider.Name);
        }

        if (attempt.Failure() is { } error)
        {
            return error;
        }

        attempt.Response.Complete();
        return null;
    }

    /// <summary>What the caller or its key did wrong is Information; what the provider or the way to it did, a warning.</summary>
    private void LogFailure()
    {
        if ((_refusal ?? _round.Response.Error) is not { Status: not StatusCodes.Status500InternalServerError } error
            || Cause is EndCause.CallerGone or EndCause.Stopped or EndCause.Draining)
        {
            return;
        }

        if (error.Status < StatusCodes.Status500InternalServerError)
        {
            StreamLog.Refused(_dependencies.Logger, _round.Call.Provider.Name, error.Status, error.Kind, error.Message);
        }
        else
        {
            var elapsed = _dependencies.Time.GetElapsedTime(_started);
            StreamLog.ProviderFailed(_dependencies.Logger, _round.Call.Provider.Name, error.Status, error.Kind, (long)elapsed.TotalMilliseconds, error.Message);
        }
    }

    /// <summary>Before acceptance the POST carries the error and no channel hears of it; afterwards the channels do. A stop is no failure then.</summary>
    private void Fail(BfError error)
    {
        if (Cause == EndCause.Stopped && _isAccepted)
        {
            _round.Response.Stop();
        }
        else if (_accepted.TrySetResult(error))
        {
            _refusal = error;
        }
        else
        {
            _round.Response.Release();
            _round.Response.Fail(error);
        }
    }
}
