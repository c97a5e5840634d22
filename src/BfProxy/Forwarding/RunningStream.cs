using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using BfProxy.Limits;
using BfProxy.Telemetry;
using BfProxy.Transforms.Contract;
using Polly.Timeout;
using Yarp.ReverseProxy.Forwarder;

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
    private ProviderCall _call;
    private RoundAgain? _again;
    private ResponseReader _response;
    private StreamTrace? _trace;
    private long _firstContent;
    private bool _isAccepted;
    private BfError? _refusal;
    private int _cause;
    private AttemptAbort? _attempt;

    public RunningStream(string id, StreamOwner owner, Round first, NextRound? next, AttemptPlan? plan, Func<RunningStream, Task>? after, StreamDependencies dependencies, Action<RunningStream> ended)
    {
        Id = id;
        Owner = owner;
        (_call, _response, _again) = (first.Call, first.Response, first.Again);
        _output = first.Response;
        _next = next;
        _plan = plan;
        _after = after;
        _dependencies = dependencies;
        _ended = ended;
        _started = dependencies.Time.GetTimestamp();
        using (ExecutionContext.SuppressFlow())
        {
            _run = new Task<Task>(static state => ((RunningStream)state!).RunAsync(), this, TaskCreationOptions.DenyChildAttach);
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
    public void ProviderAccepted() => _isAccepted |= _accepted.TrySetResult(null);

    /// <summary>The provider's headers are there, whatever they say.</summary>
    public void ProviderAnswered(int status) => _trace?.Status(status);

    /// <summary>The first content of the answer arrived: no other attempt of this call will be made.</summary>
    public void FirstContent()
    {
        if (_firstContent == 0)
        {
            _firstContent = _dependencies.Time.GetTimestamp();
            _trace?.FirstToken();
        }

        _call.ForgetBody();
        _plan?.Dispose();
    }

    /// <summary>Ends the attempt, and the stream where no other attempt or round may follow.</summary>
    public void EndAttempt(EndCause cause)
    {
        if (_attempt is { } attempt)
        {
            attempt.End(cause);
        }
        else
        {
            End(cause);
        }
    }

    /// <summary>Ends the stream for a reason of ours; the first reason counts.</summary>
    public void End(EndCause cause)
    {
        if (NoteCause(cause))
        {
            _abort.Cancel();
        }
    }

    /// <summary>Why the stream never began or broke, once it is over. What a provider did carries its name.</summary>
    public async Task<BfError?> ResultAsync()
    {
        await Completion;
        return _refusal ?? (_response.Error is { Provider: null } error && IsProviders(error) ? error with { Provider = _call.Provider.Name } : _response.Error);
    }

    /// <summary>What the stream amounted to; complete once it has ended.</summary>
    public StreamSummary Summary() => new(
        Target(),
        _dependencies.Time.GetElapsedTime(_started),
        _firstContent == 0 ? null : _dependencies.Time.GetElapsedTime(_started, _firstContent),
        _response.CountedUsage,
        (_refusal ?? _response.Error)?.Status,
        _response.MalformedFrames);

    private StreamTarget Target() => new(_call.Provider.Name, _call.Dialect.Name, _call.Model, _call.Provider.Knows(_call.Model));

    private string EndWord() => Cause switch
    {
        EndCause.None or EndCause.Finished => (_refusal ?? _response.Error) is null ? "finished" : "error",
        var cause => JsonNamingPolicy.SnakeCaseLower.ConvertName(cause.ToString()),
    };

    /// <summary>Readers of an answer do not know whose it is; a fault of ours, or an end that we made, is not the provider's.</summary>
    private bool IsProviders(BfError error) => error.Status != StatusCodes.Status500InternalServerError && Cause is (EndCause.None or EndCause.Finished);

    /// <summary>Why the attempt was ended, whether or not the stream was with it.</summary>
    private EndCause Cause => (EndCause)_cause is not EndCause.None and var cause ? cause : _attempt?.Cause ?? EndCause.None;

    private bool NoteCause(EndCause cause) => Interlocked.CompareExchange(ref _cause, (int)cause, (int)EndCause.None) == (int)EndCause.None;

    private async Task RunAsync()
    {
        using var trace = _trace = StreamTrace.Begin(_origin, Owner.App, Target(), _call.Body.Length);
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

            var pipeline = _dependencies.Pipelines.For(_call.Provider.Options.Timeouts.Total);
            await pipeline.ExecuteAsync(static (stream, cancellationToken) => stream.RoundsAsync(cancellationToken), this, _abort.Token);
            LogFailure();
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutRejectedException && (EndCause)_cause != EndCause.None)
        {
            // We ended it before its attempt had begun, or between two attempts or rounds.
            _mayGoOn = false;
            EndByCause(refusal: null);
        }
        catch (Exception exception)
        {
            // The one catch-all of the stream's pump: a fault of ours must end the stream by name, not leave its subscribers waiting.
            _mayGoOn = false;
            StreamLog.Failed(_dependencies.Logger, exception, _call.Provider.Name);
            Fail(StreamErrors.Internal());
        }
        finally
        {
            trace?.End(Summary(), Target(), _isAccepted, EndWord());
            _response.Dispose();
            await (_after?.Invoke(this) ?? Task.CompletedTask);
            _output.Dispose();
            _plan?.Dispose();
            _ended(this);
            await _dependencies.Limits.LeaveAsync(admission, _response.CountedUsage);
        }
    }

    /// <summary>One call of the provider, and then what its answer asks for, until it asks for nothing more.</summary>
    private async ValueTask RoundsAsync(CancellationToken cancellationToken)
    {
        // Only the total clock cancels this token without a cause of ours; it is noted at once, lest another clock runs out while the attempt winds down.
        await using var total = cancellationToken.UnsafeRegister(static stream => ((RunningStream)stream!).NoteCause(EndCause.Total), this);
        await AttemptsAsync(cancellationToken);
        while (_next is not null && _response is { IsFinished: true, Error: null } && await _next(cancellationToken) is { } round)
        {
            _response.GiveWay();
            (_call, _response, _again) = (round.Call, round.Response, round.Again);
            await AttemptsAsync(cancellationToken);
        }
    }

    private async ValueTask AttemptAsync(CancellationToken cancellationToken)
    {
        for (var tries = 1; await IsAskedAgainAsync(tries, cancellationToken); tries++)
        {
        }
    }

    /// <summary>Sends the call, and says whether it is to be sent again because the provider refused it.</summary>
    private async ValueTask<bool> IsAskedAgainAsync(int tries, CancellationToken cancellationToken)
    {
        if (_dependencies.Endpoints.Find(_call.Provider) is not { RequestDelegate: { } forward } endpoint)
        {
            Fail(StreamErrors.NoEndpoint(_call.Provider));
            return false;
        }

        using var span = _trace?.Attempt(Target());
        using var abort = _attempt = _plan is null && _next is null ? null : new AttemptAbort(cancellationToken);
        using var clocks = new AttemptClocks(_dependencies.Time, _call.Provider.Options.Timeouts, EndAttempt);
        using var attempt = new Attempt(_call, _response, clocks, this, _dependencies.Time);
        await using var scope = _dependencies.Scopes.CreateAsyncScope();
        var context = AttemptContext.Create(attempt, endpoint, scope.ServiceProvider, abort?.Token ?? cancellationToken);
        await forward(context);
        if (_again is not null && Cause == EndCause.None && attempt.Refusal() is { } refusal)
        {
            clocks.Dispose();
            if (await _again(refusal, tries, cancellationToken))
            {
                return true;
            }
        }

        Settle(attempt, context);
        return false;
    }

    /// <summary>YARP is done with the attempt: says what came of it, unless the stream has said so itself.</summary>
    private void Settle(Attempt attempt, HttpContext context)
    {
        if (_response.IsFinished)
        {
            return;
        }

        switch (Cause)
        {
            case EndCause.None or EndCause.Finished:
                SettleByProvider(attempt, context);
                break;
            default:
                EndByCause(attempt.Refusal());
                break;
        }
    }

    /// <summary>Ends for a reason of ours. A provider that had refused is quoted, though a clock then cut its words short.</summary>
    private void EndByCause(BfError? refusal)
    {
        if (Cause == EndCause.Stopped && _isAccepted)
        {
            _response.Stop();
            return;
        }

        Fail(Cause switch
        {
            EndCause.Stopped or EndCause.CallerGone => StreamErrors.StoppedBeforeEnd(),
            EndCause.Draining => StreamErrors.Draining(),
            EndCause.Abandoned => StreamErrors.Abandoned(),
            var clock => refusal ?? StreamErrors.Clock(_call.Provider, clock),
        });
    }

    private void SettleByProvider(Attempt attempt, HttpContext context)
    {
        var error = context.Features.Get<IForwarderErrorFeature>();
        if (attempt.Refusal() is { } refusal)
        {
            Fail(refusal);
        }
        else if (error is { Error: ForwarderError.ResponseBodyClient, Exception: { } exception })
        {
            // The body is ours: what it threw is our fault, which YARP would blame on a client.
            StreamLog.Failed(_dependencies.Logger, exception, _call.Provider.Name);
            Fail(StreamErrors.Internal());
        }
        else if (!attempt.IsAccepted || error is not null)
        {
            Fail(StreamErrors.FromForwarder(_call.Provider, error, context.Response.StatusCode));
        }
        else
        {
            _response.Complete();
        }
    }

    /// <summary>What the caller or its key did wrong is Information; what the provider or the way to it did, a warning.</summary>
    private void LogFailure()
    {
        if ((_refusal ?? _response.Error) is not { Status: not StatusCodes.Status500InternalServerError } error
            || _cause is (int)EndCause.CallerGone or (int)EndCause.Stopped or (int)EndCause.Draining)
        {
            return;
        }

        if (error.Status < StatusCodes.Status500InternalServerError)
        {
            StreamLog.Refused(_dependencies.Logger, _call.Provider.Name, error.Status, error.Kind, error.Message);
        }
        else
        {
            var elapsed = _dependencies.Time.GetElapsedTime(_started);
            StreamLog.ProviderFailed(_dependencies.Logger, _call.Provider.Name, error.Status, error.Kind, (long)elapsed.TotalMilliseconds, error.Message);
        }
    }

    /// <summary>Before acceptance the POST carries the error and no channel hears of it; afterwards the channels do.</summary>
    private void Fail(BfError error)
    {
        if (_mayGoOn)
        {
            _failed = error;
            return;
        }

        if (_accepted.TrySetResult(error))
        {
            _refusal = error;
        }
        else
        {
            _response.Release();
            _response.Fail(error);
        }
    }
}
