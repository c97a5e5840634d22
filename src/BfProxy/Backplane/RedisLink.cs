using System.Security.Cryptography;
using StackExchange.Redis;

namespace BfProxy.Backplane;

/// <summary>
/// This node's way to Redis. Every call is bounded in time, and fails at once while Redis is known to be away, so that nobody waits for it.
/// A pulse tells: away is a Redis that has not answered for <see cref="Patience"/>, whether it refuses, hangs or is paused.
/// </summary>
internal sealed class RedisLink : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const string DefaultPrefix = "bfproxy:";
    private const string ScriptForgotten = "NOSCRIPT";
    private const int ConnectMilliseconds = 5_000;
    private const int RetryMilliseconds = 500;
    private const int MarkBytes = 16;
    private static readonly TimeSpan PulseInterval = TimeSpan.FromSeconds(1);

    /// <summary>Pulses in a row without an answer, or deaf, after which another connection is tried.</summary>
    private const int MaxBadPulses = 5;

    /// <summary>The last part of <see cref="Patience"/> runs once the rest is over: where this process itself stood still, the answer is there and only has to be read.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    private readonly ConfigurationOptions _options;
    private readonly RedisTopics _topics = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private Task<ConnectionMultiplexer> _connecting;
    private Task _pulse = Task.CompletedTask;
    private byte[]? _mark;
    private int _badPulses;
    private int _isPulsing;
    private volatile bool _isAway;

    public RedisLink(string connectionString, TimeProvider time, ILogger<RedisLink> logger)
    {
        var options = ConfigurationOptions.Parse(connectionString);
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = ConnectMilliseconds;
        options.ConnectRetry = 1;
        options.ReconnectRetryPolicy = new LinearRetry(RetryMilliseconds);
        // The prefix is ours to put, because scripts publish too; it also keeps the keys of two deployments apart.
        Prefix = options.ChannelPrefix.IsNullOrEmpty ? DefaultPrefix : (string)options.ChannelPrefix!;
        options.ChannelPrefix = default;
        (_options, _time, _logger) = (options, time, logger);
        _connecting = ConnectAsync();
        _timer = time.CreateTimer(static link => ((RedisLink)link!).Pulse(), this, TimeSpan.Zero, PulseInterval);
    }

    /// <summary>Raised when Redis went away, and when it is back.</summary>
    public event Action? Changed;

    /// <summary>Raised when a connection or a subscription was made again, or Redis was emptied under it: messages may have been missed, and what it held may be lost.</summary>
    public event Action? Reconnected;

    /// <summary>Begins every key and every topic.</summary>
    public string Prefix { get; }

    public bool IsAway => _isAway;

    public TimeProvider Time => _time;

    private Task<ConnectionMultiplexer> Connecting => Volatile.Read(ref _connecting);

    /// <summary>Completes when the first connection stands, or has been tried for long enough.</summary>
    public async Task ConnectedAsync(CancellationToken cancellationToken) =>
        await ((Task)Connecting).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Runs a command.</summary>
    /// <exception cref="StateUnavailableException">It was not answered in time; it may yet be carried out.</exception>
    public async Task<T> RunAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken)
    {
        if (_isAway)
        {
            throw new StateUnavailableException();
        }

        return await BoundedAsync(redis => command(redis.GetDatabase()), cancellationToken);
    }

    /// <summary>Runs a script, loading it where this Redis does not know it yet.</summary>
    public Task<RedisResult> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken) =>
        RunAsync(async database =>
        {
            try
            {
                return await database.ScriptEvaluateAsync(script, keys, values);
            }
            catch (RedisServerException exception) when (exception.Message.StartsWith(ScriptForgotten, StringComparison.Ordinal))
            {
                // Restarted since it was loaded; the client has noted it and loads it anew.
                return await database.ScriptEvaluateAsync(script, keys, values);
            }
        }, cancellationToken);

    /// <summary>Listens to a topic, from now on and also where this call fails; calls may come at once and in any order. Holds over reconnects.</summary>
    public Task SubscribeAsync(string topic, Action<RedisChannel, RedisValue> heard, CancellationToken cancellationToken)
    {
        _topics.Add(topic, heard);
        return BoundedAsync(redis => Answered(_topics.AskAsync(redis.GetSubscriber(), topic)), cancellationToken);
    }

    /// <summary>Takes one listener off.</summary>
    public Task UnsubscribeAsync(string topic, Action<RedisChannel, RedisValue> heard, CancellationToken cancellationToken)
    {
        _topics.Remove(topic, heard);
        return BoundedAsync(redis => Answered(_topics.AskAsync(redis.GetSubscriber(), topic)), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _pulse;
        await CloseAsync(Connecting);
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var redis = await ConnectionMultiplexer.ConnectAsync(_options.Clone());
        redis.ConnectionRestored += (_, _) => Reconnected?.Invoke();
        return redis;
    }

    private async Task<T> BoundedAsync<T>(Func<ConnectionMultiplexer, Task<T>> command, CancellationToken cancellationToken)
    {
        try
        {
            var redis = await Connecting.WaitAsync(Patience, _time, cancellationToken);
            // Goes on elsewhere: the client completes its tasks on the thread that reads for everybody.
            return await AnsweredAsync(command(redis), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
        catch (RedisServerException exception)
        {
            // It is there and refuses: out of memory, a replica, loading, or a fault of ours.
            BackplaneLog.Refused(_logger, exception.Message);
            throw new StateUnavailableException(exception);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw new StateUnavailableException(exception);
        }
    }

    private async Task<T> AnsweredAsync<T>(Task<T> answer, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.WaitAsync(Patience - Grace, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return await answer.WaitAsync(Grace, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>A random mark, set by whoever finds none: where another one stands than before, Redis has lost what it held. Null where it takes no writes.</summary>
    private async Task<byte[]?> MarkAsync(IDatabase database)
    {
        RedisKey key = Prefix + "mark";
        if (await database.StringGetAsync(key) is { IsNull: false } mark)
        {
            return mark;
        }

        try
        {
            await database.StringSetAsync(key, RandomNumberGenerator.GetBytes(MarkBytes), when: When.NotExists);
            return await database.StringGetAsync(key);
        }
        catch (RedisServerException)
        {
            return null;
        }
    }

    private static async Task<bool> Answered(Task task)
    {
        await task;
        return true;
    }

    private void Pulse()
    {
        if (Interlocked.Exchange(ref _isPulsing, 1) == 0)
        {
            _pulse = PulseAsync();
        }
    }

    private async Task PulseAsync()
    {
        await ConnectedAsync(CancellationToken.None);
        var (isAway, wasEmptied) = (false, false);
        try
        {
            var mark = await BoundedAsync(redis => MarkAsync(redis.GetDatabase()), CancellationToken.None);
            wasEmptied = _mark is not null && mark is not null && !_mark.AsSpan().SequenceEqual(mark);
            _mark = mark ?? _mark;
        }
        catch (StateUnavailableException)
        {
            isAway = true;
        }

        if (isAway != _isAway)
        {
            _isAway = isAway;
            BackplaneLog.Changed(_logger, isAway);
            Changed?.Invoke();
        }

        var wasDeaf = !isAway && await WasDeafAsync();
        if (wasDeaf || wasEmptied)
        {
            Reconnected?.Invoke();
        }

        _badPulses = isAway || wasDeaf ? _badPulses + 1 : 0;
        if (_badPulses == MaxBadPulses)
        {
            _badPulses = 0;
            await TryOtherConnectionAsync();
        }

        Volatile.Write(ref _isPulsing, 0);
    }

    /// <summary>Whether something was not listened to; it now is.</summary>
    private async Task<bool> WasDeafAsync()
    {
        try
        {
            return await BoundedAsync(redis => _topics.RenewAsync(redis.GetSubscriber()), CancellationToken.None);
        }
        catch (StateUnavailableException)
        {
            return true;
        }
    }

    /// <summary>
    /// A connection that died without a word (a failover, a firewall) is found out by TCP after a quarter of an hour, and one may be stuck in the
    /// client: where another one is answered, it takes its place, and the next pulse listens with it.
    /// </summary>
    private async Task TryOtherConnectionAsync()
    {
        var other = ConnectAsync();
        await ((Task)other).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var isBetter = other.IsCompletedSuccessfully && (await other).IsConnected;
        await CloseAsync(isBetter ? Interlocked.Exchange(ref _connecting, other) : other);
    }

    private static async Task CloseAsync(Task<ConnectionMultiplexer> connecting)
    {
        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully)
        {
            using var redis = await connecting;
            await redis.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
