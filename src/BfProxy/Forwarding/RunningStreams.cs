using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using BfProxy.Configuration;
using BfProxy.Telemetry;
using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>The streams that run on this node: started, counted, stopped by id, and drained before the node goes.</summary>
internal sealed class RunningStreams(StreamDependencies dependencies, Settings<ForwardingOptions> options, StreamMetrics metrics, ILogger<RunningStreams> logger)
    : IHostedLifecycleService, IDisposable
{
    private const int IdBytes = 16;

    /// <summary>How long streams that were ended may take to let go.</summary>
    private static readonly TimeSpan AfterEnd = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, RunningStream> _streams = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _hurry = new();
    private Action<RunningStream>? _ended;
    private volatile bool _draining;

    public int Count => _streams.Count;

    public bool IsDraining => _draining;

    /// <summary>An id for a new stream, 128 random bits.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));

    /// <summary>Starts a stream; null where the node is draining. Takes over the first round's response, which leads to the stream's output.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="owner">Whose it is.</param>
    /// <param name="first">What is asked first.</param>
    /// <param name="next">Says what is asked next.</param>
    /// <param name="plan">Says what else may be tried where the provider fails before its first token.</param>
    /// <param name="after">What is still to be done once its last event is out, as part of it; never throws.</param>
    public RunningStream? Start(string id, StreamOwner owner, Round first, NextRound? next = null, AttemptPlan? plan = null, Func<RunningStream, Task>? after = null)
    {
        if (_draining)
        {
            first.Response.Dispose();
            plan?.Dispose();
            return null;
        }

        var stream = new RunningStream(id, owner, first, next, plan, after, dependencies, _ended ??= Ended);
        _streams[id] = stream;
        metrics.Started();
        stream.Start();
        if (_draining)
        {
            // The drain may have counted just before we came.
            stream.End(EndCause.Draining);
        }

        return stream;
    }

    /// <summary>Stops a running stream of this owner's app, whichever of its hosts it was started on; false where none runs.</summary>
    public async ValueTask<bool> StopAsync(string id, StreamOwner owner, CancellationToken cancellationToken)
    {
        if (!_streams.TryGetValue(id, out var stream) || stream.Owner.App != owner.App)
        {
            return false;
        }

        if (stream.TryStop())
        {
            return true;
        }

        // Its end was heard before all of it was written down; who asks now is to find how it ended.
        await Task.WhenAny(stream.Completion).WaitAsync(cancellationToken);
        return false;
    }

    public static BfError Refusal() => StreamErrors.Draining();

    /// <summary>Runs while HTTP is still served: lets the streams finish, then ends them by name.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        var timeout = options.Current.DrainTimeout;
        // Before the log says that we drain: who reads it may send the second signal at once.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Hurry());
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Hurry());
        StreamLog.Draining(logger, _streams.Count, timeout.TotalSeconds);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _hurry.Token);
        await TryWaitAsync(timeout, either.Token);

        var left = _streams.Values.ToList();
        foreach (var stream in left)
        {
            stream.End(EndCause.Draining);
        }

        await TryWaitAsync(AfterEnd, CancellationToken.None);
        StreamLog.Drained(logger, left.Count);
    }

    /// <summary>A second signal: whoever sends it does not want to wait for the streams.</summary>
    public void Hurry() => _hurry.Cancel();

    public void Dispose() => _hurry.Dispose();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits until all streams have ended, or as long as it may.</summary>
    private async Task TryWaitAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_streams.Values.Select(stream => stream.Completion)).WaitAsync(patience, dependencies.Time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // They end now, or are left to the end of the process.
        }
    }

    private void Ended(RunningStream stream)
    {
        metrics.Ended(stream.Summary());
        _streams.TryRemove(stream.Id, out _);
    }
}
