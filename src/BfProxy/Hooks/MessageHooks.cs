using System.Security.Cryptography;
using BfProxy.Telemetry;

namespace BfProxy.Hooks;

/// <summary>
/// Hands visitors' messages to the message hooks of their apps: those of one connection in order, one at a time; those of others beside them. Whoever enqueues
/// never waits: what a slow hook leaves no room for is dropped, counted and logged. Each message is sent at most once, unless the hook has retries.
/// </summary>
internal sealed class MessageHooks(HookClient client, HookMetrics metrics, TimeProvider time, ILogger<MessageHooks> logger) : IHostedService, IDisposable
{
    /// <summary>Messages of one connection that may wait, the one being sent included.</summary>
    public const int MaxWaitingOfConnection = 64;

    /// <summary>Bytes of messages of one app that may wait.</summary>
    public const long MaxWaitingBytes = 8 * 1024 * 1024;

    /// <summary>What is left when the node stops has so long to go out.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string App, string ConnectionId), MessageLane> _lanes = [];
    private readonly Dictionary<string, MessageBacklog> _backlogs = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _abort = new();
    private bool _stopping;

    /// <summary>Hands on what one connection has sent, all of it or nothing. False where the app has no message hook or there is no room.</summary>
    public bool Enqueue(string app, params IReadOnlyList<MessageHookCall> calls)
    {
        if (calls.Count == 0)
        {
            return true;
        }

        if (!client.Has(app, HookKind.Messages))
        {
            return false;
        }

        byte[][] bodies = [.. calls.Select(static call => call.ToJson())];
        var bytes = bodies.Sum(static body => (long)body.Length);
        var key = (app, calls[0].ConnectionId);
        lock (_lock)
        {
            if (!_backlogs.TryGetValue(app, out var backlog))
            {
                _backlogs.Add(app, backlog = new MessageBacklog());
            }

            var isNew = !_lanes.TryGetValue(key, out var lane);
            if (_stopping || backlog.Bytes + bytes > MaxWaitingBytes || (lane?.Waiting.Count ?? 0) + bodies.Length > MaxWaitingOfConnection)
            {
                Drop(app, backlog, bodies.Length);
                return false;
            }

            lane ??= new MessageLane(app, key.ConnectionId);
            Array.ForEach(bodies, lane.Waiting.Enqueue);
            backlog.Bytes += bytes;
            if (isNew)
            {
                _lanes.Add(key, lane);
                Start(lane);
            }
        }

        return true;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task all;
        lock (_lock)
        {
            _stopping = true;
            all = Task.WhenAll(_lanes.Values.Select(lane => lane.Run));
        }

        try
        {
            await all.WaitAsync(StopGrace, time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // What has not gone out by now is dropped.
            await _abort.CancelAsync();
        }

        await all;
    }

    public void Dispose() => _abort.Dispose();

    private void Start(MessageLane lane)
    {
        using (ExecutionContext.SuppressFlow())
        {
            lane.Run = Task.Run(() => RunAsync(lane), CancellationToken.None);
        }
    }

    private async Task RunAsync(MessageLane lane)
    {
        try
        {
            while (Next(lane) is { } body)
            {
                await client.CallAsync(lane.App, HookKind.Messages, body, NewKey(), _abort.Token);
                Sent(lane, body);
            }
        }
        catch (OperationCanceledException)
        {
            Abandon(lane);
        }
        catch (Exception exception)
        {
            // A background loop's edge: nobody awaits it before the node stops.
            HookLog.Broken(logger, exception, lane.App);
            Abandon(lane);
        }
    }

    private byte[]? Next(MessageLane lane)
    {
        lock (_lock)
        {
            if (lane.Waiting.TryPeek(out var body))
            {
                return body;
            }

            _lanes.Remove((lane.App, lane.ConnectionId));
            return null;
        }
    }

    private void Sent(MessageLane lane, byte[] body)
    {
        lock (_lock)
        {
            lane.Waiting.Dequeue();
            _backlogs[lane.App].Bytes -= body.Length;
        }
    }

    private void Abandon(MessageLane lane)
    {
        lock (_lock)
        {
            var backlog = _backlogs[lane.App];
            backlog.Bytes -= lane.Waiting.Sum(body => (long)body.Length);
            _lanes.Remove((lane.App, lane.ConnectionId));
            Drop(lane.App, backlog, lane.Waiting.Count);
        }
    }

    private void Drop(string app, MessageBacklog backlog, int count)
    {
        metrics.Dropped(count);
        if (backlog.Dropped(count, time) is > 0 and var dropped)
        {
            HookLog.Dropped(logger, app, dropped);
        }
    }

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
