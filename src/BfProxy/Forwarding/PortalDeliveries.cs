using System.Collections.Concurrent;
using BfProxy.Configuration;
using BfProxy.Telemetry;

namespace BfProxy.Forwarding;

/// <summary>The streams on their way to BetterForms: run beside the provider's read loop, counted where they fail, and waited for when the node stops.</summary>
internal sealed class PortalDeliveries(PortalClient client, Settings<ForwardingOptions> options, PortalMetrics metrics, TimeProvider time, ILogger<PortalDeliveries> logger)
    : IHostedLifecycleService, IDisposable
{
    /// <summary>For the last events of streams that the drain itself ended.</summary>
    private static readonly TimeSpan LeastDrain = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<long, Task> _running = new();
    private readonly CancellationTokenSource _abort = new();
    private long? _drainStarted;
    private long _lastRun;

    public PortalPublisher Open(string streamId, PortalTarget target, long maxBytes) => new PortalPublisher(streamId, target, maxBytes, this);

    /// <summary>Lets a publisher send what it has. Called where it is not sending.</summary>
    public void Run(PortalPublisher publisher)
    {
        var id = Interlocked.Increment(ref _lastRun);
        using (ExecutionContext.SuppressFlow())
        {
            var run = new Task<Task>(() => SendAsync(publisher, id));
            _running[id] = run.Unwrap();
            run.Start(TaskScheduler.Default);
        }
    }

    public void Failed(PortalPublisher publisher, PortalFailure failure, bool isFirst)
    {
        metrics.Failed(failure.ToString());
        if (isFirst)
        {
            PortalLog.Lost(logger, publisher.Target.App, failure);
        }
    }

    /// <summary>Nothing of a stream could be handed over.</summary>
    public void Failed(string app, PortalFailure failure)
    {
        metrics.Failed(failure.ToString());
        PortalLog.Lost(logger, app, failure);
    }

    /// <summary>The drain of the streams begins; it shares its time with ours.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _drainStarted = time.GetTimestamp();
        return Task.CompletedTask;
    }

    /// <summary>The streams are over: what they left goes out.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var left = options.Current.DrainTimeout - (_drainStarted is { } started ? time.GetElapsedTime(started) : TimeSpan.Zero);
        try
        {
            await Task.WhenAll(_running.Values).WaitAsync(left > LeastDrain ? left : LeastDrain, time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            await _abort.CancelAsync();
        }

        await Task.WhenAll(_running.Values);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _abort.Dispose();

    private async Task SendAsync(PortalPublisher publisher, long id)
    {
        await publisher.SendAsync(client, _abort.Token);
        _running.TryRemove(id, out _);
    }
}
