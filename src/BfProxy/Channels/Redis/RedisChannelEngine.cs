using System.Collections.Concurrent;
using BfProxy.Backplane;
using BfProxy.Telemetry;

namespace BfProxy.Channels.Redis;

/// <summary>Channels that all nodes of a deployment share: Redis numbers and keeps their frames, each node has a copy of those that its visitors are on.</summary>
internal sealed class RedisChannelEngine : IChannelEngine, IHostedLifecycleService, IDisposable
{
    private const int SweepTicks = 5;
    private const int AuditTicks = 30;
    private const int ParallelReads = 32;

    /// <summary>How long the copy of a channel outlives the last visitor on it.</summary>
    private const long AbandonedMilliseconds = 30_000;

    /// <summary>Ticks after a reconnect in which copies are read again: the client takes its subscriptions along one after the other.</summary>
    private const int WaryTicks = 5;

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(4);

    private const int LeaseTicks = 3;
    private const int HoldOffTicks = 12;

    private readonly ConcurrentDictionary<ChannelKey, Replica> _replicas = new();
    private readonly ConcurrentDictionary<SharedStreamPublisher, Task> _publishers = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly StreamLeases _leases;
    private readonly OrphanWatch _orphans;
    private readonly ChannelHub _hub;
    private readonly RedisLink _link;
    private readonly ITimer _timer;
    private Task _tick = Task.CompletedTask;
    private int _isTicking;
    private int _ticks;
    private int _wary;
    private int _holdOff;

    public RedisChannelEngine(ChannelHub hub, RedisLink link, INodeBus bus, RedisMetrics metrics, TimeProvider time, ILogger<RedisChannelEngine> logger)
    {
        (_hub, _link, Time, Logger) = (hub, link, time, logger);
        // Kept, because a late word may come when the source is gone.
        Stopping = _stopping.Token;
        Shared = new SharedLog(link, hub.State, metrics);
        _leases = new StreamLeases(link, Shared, bus);
        _orphans = new OrphanWatch(_leases, Shared);
        link.Reconnected += BeWary;
        link.Changed += BeWary;
        metrics.Watch(() => _publishers.Keys.Sum(static publisher => (long)publisher.UnsentBytes), () => link.IsAway);
        _timer = time.CreateTimer(static engine => ((RedisChannelEngine)engine!).Tick(), this, TickInterval, TickInterval);
    }

    public event Action<OrphanedDelivery>? Orphaned;

    public SharedLog Shared { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public bool IsAway => _link.IsAway;

    public TimeSpan WriteInterval => _hub.State.Options.RollUp;

    /// <summary>When nothing can be written any more.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>This node's copy of a channel, where somebody is on it.</summary>
    public Replica? Find(ChannelKey key) => _replicas.GetValueOrDefault(key);

    public IStreamPublisher OpenStream(ChannelScope scope, IReadOnlyList<string> channels, string? actionName, string streamId, SideDelivery? side = null)
    {
        var publisher = new SharedStreamPublisher(this, scope, channels, actionName, streamId, side);
        _publishers[publisher] = FollowAsync(publisher);
        return publisher;
    }

    public async ValueTask<Subscription> JoinAsync(ChannelScope scope, string name, Connection connection, Since? since, CancellationToken cancellationToken)
    {
        var key = new ChannelKey(scope, name);
        while (true)
        {
            var replica = _replicas.GetOrAdd(key, static (key, engine) => new Replica(key, engine.Shared, engine._hub.State), this);
            await replica.ReadyAsync().WaitAsync(cancellationToken);
            if (since is not null && IsBehind(replica.Channel, since))
            {
                await replica.CatchUpAsync().WaitAsync(cancellationToken);
            }

            if (replica.Channel.Join(connection, since) is { } subscription)
            {
                return subscription;
            }

            await RemoveAsync(key, replica);
        }
    }

    public async ValueTask PublishAsync(ChannelScope scope, string name, ReadOnlyMemory<byte> members, CancellationToken cancellationToken)
    {
        var key = new ChannelKey(scope, name);
        var batch = Batch.Of(members.Span);
        if (Find(key) is { } replica && (replica.IsAlone || IsAway) && replica.TryPublishAlone("", null, batch))
        {
            return;
        }

        try
        {
            if (await Shared.PublishAsync(key, "", null, batch, BatchKind.Own, cancellationToken) is { } entry)
            {
                Find(key)?.Receive(entry);
            }
        }
        catch (StateUnavailableException) when (Find(key) is { } local && IsAway && local.TryPublishAlone("", null, batch))
        {
            // Redis went away over it. Should it have been taken, it is in a history that ends when Redis is back.
        }
    }

    public async ValueTask<string?> NodeOfAsync(string streamId, CancellationToken cancellationToken) => await _leases.NodeOfAsync(streamId, cancellationToken);

    /// <summary>Lets streams write what they have, before their listeners' sockets are closed.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var all = Task.WhenAll(_publishers.Values);
        try
        {
            await all.WaitAsync(DrainPatience, Time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // Redis is away; what is left cannot be written.
        }

        await _stopping.CancelAsync();
        await all;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _timer.DisposeAsync();
        await _tick.WaitAsync(cancellationToken);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _timer.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Whether a client knows more than this node's copy, or asks for a stream that it has not heard of.</summary>
    private static bool IsBehind(Channel channel, Since since) => since switch
    {
        { StreamId: { } id } => channel.Find(id) is null,
        { Epoch: { } epoch } => since.Offset > channel.LastOffset || !string.Equals(epoch, channel.Epoch, StringComparison.Ordinal),
        _ => false,
    };

    private void BeWary()
    {
        Volatile.Write(ref _wary, WaryTicks);
        Volatile.Write(ref _holdOff, HoldOffTicks);
    }

    /// <summary>Holds the lease of a stream from its start to its end.</summary>
    private async Task FollowAsync(SharedStreamPublisher publisher)
    {
        await TryAsync(() => _leases.RenewAsync([publisher], CancellationToken.None));
        await publisher.Completion;
        if (!Stopping.IsCancellationRequested)
        {
            // What goes elsewhere may be slower; a node that stops sees to it itself, later.
            await (publisher.Side?.Completion ?? Task.CompletedTask).WaitAsync(Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await TryAsync(() => _leases.ReleaseAsync(publisher.StreamId, CancellationToken.None));
        }

        _publishers.TryRemove(publisher, out _);
    }

    /// <summary>Renewed leases go first: nobody is taken for dead before all who came back with Redis have had the time to say so.</summary>
    private async Task TendLeasesAsync()
    {
        var isDue = _ticks % LeaseTicks == 0;
        if (isDue || Volatile.Read(ref _wary) > 0)
        {
            await _leases.RenewAsync([.. _publishers.Keys], CancellationToken.None);
        }

        var ends = Volatile.Read(ref _holdOff) == 0;
        if (isDue)
        {
            var own = _publishers.Keys.Select(static publisher => publisher.StreamId).ToHashSet(StringComparer.Ordinal);
            await _orphans.LookAsync(_replicas.Values, own.Contains, ends, CancellationToken.None);
        }

        if (!ends)
        {
            Interlocked.Decrement(ref _holdOff);
            return;
        }

        foreach (var (key, entry) in await _leases.EndDeadAsync(RunsHere, End, CancellationToken.None))
        {
            Shared.Metrics.Orphaned();
            Find(key)?.Receive(entry);
        }
    }

    private bool RunsHere(string streamId) => _publishers.Keys.Any(publisher => string.Equals(publisher.StreamId, streamId, StringComparison.Ordinal));

    private void End(OrphanedDelivery orphan)
    {
        Shared.Metrics.Orphaned();
        Orphaned?.Invoke(orphan);
    }

    private static async Task TryAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (StateUnavailableException)
        {
            // What is not said now is said with the next renewal, or runs out.
        }
    }

    private void Tick()
    {
        if (Interlocked.Exchange(ref _isTicking, 1) == 0)
        {
            _tick = TickAsync();
        }
    }

    private async Task TickAsync()
    {
        try
        {
            _ticks++;
            if (_ticks % SweepTicks == 0)
            {
                await SweepAsync();
            }

            if (!IsAway)
            {
                await TryAsync(TendLeasesAsync);
            }

            if (!IsAway && (Volatile.Read(ref _wary) > 0 || _ticks % AuditTicks == 0))
            {
                Volatile.Write(ref _wary, Math.Max(0, _wary - 1));
                await Parallel.ForEachAsync(_replicas.Values, new ParallelOptions { MaxDegreeOfParallelism = ParallelReads }, static async (replica, _) => await replica.CatchUpAsync());
            }
        }
        catch (Exception exception)
        {
            // The catch-all of this background loop: one tick that fails must not end all after it.
            ChannelsLog.TickFailed(Logger, exception);
        }
        finally
        {
            Volatile.Write(ref _isTicking, 0);
        }
    }

    private async Task SweepAsync()
    {
        foreach (var (key, replica) in _replicas)
        {
            if ((replica.Channel.Sweep() || replica.Channel.Abandon(AbandonedMilliseconds)) && !replica.IsDirty)
            {
                await RemoveAsync(key, replica);
            }
        }
    }

    private async Task RemoveAsync(ChannelKey key, Replica replica)
    {
        await replica.LeaveAsync();
        _replicas.TryRemove(new(key, replica));
    }
}
