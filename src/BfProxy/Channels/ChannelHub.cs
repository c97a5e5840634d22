using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace BfProxy.Channels;

/// <summary>All channels and connections of this process, and the one timer that pings, sweeps and tells the time.</summary>
internal sealed class ChannelHub : IChannelEngine, IDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);
    private const int TicksPerSweep = 5;

    private readonly ConcurrentDictionary<ChannelKey, Channel> _channels = new();
    private readonly HubState _state;
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly RollUpWindow _window;
    private readonly ITimer _timer;
    private readonly ILogger _logger;
    private int _ticks;
    private int _isTicking;

    public ChannelHub(ChannelsOptions options, TimeProvider time, ILogger? logger = null)
    {
        _logger = logger ?? NullLogger.Instance;
        _state = new HubState(options) { Now = 1 };
        _time = time;
        _startedAt = time.GetTimestamp();
        _window = new RollUpWindow(time);
        _timer = time.CreateTimer(static hub => ((ChannelHub)hub!).Tick(), this, TickInterval, TickInterval);
    }

    public HubState State => _state;

    public ConnectionSet Connections { get; } = new();

    /// <summary>Channels that exist.</summary>
    public int ChannelCount => _channels.Count;

    /// <summary>Takes new settings; what exists follows them from now on.</summary>
    public void Configure(ChannelsOptions options) => _state.Options = options;

    /// <summary>Opens a stream to <paramref name="channels"/>, which are distinct. The caller closes it.</summary>
    public StreamPublisher OpenStream(ChannelScope scope, IReadOnlyList<string> channels, string? actionName, string streamId)
    {
        var header = StreamHeader(actionName, streamId);
        StreamSource[] sources = [.. channels.Select(name => With(scope, name, channel => channel.Open(streamId, header)))];
        return new StreamPublisher(this, sources, streamId);
    }

    /// <summary>Puts <paramref name="connection"/> on a channel. Frames come once the subscription was started on the connection.</summary>
    public Subscription Join(ChannelScope scope, string name, Connection connection, Since? since) => With(scope, name, channel => channel.Join(connection, since));

    /// <summary>Publishes a visitor's message.</summary>
    /// <param name="scope">The scope.</param>
    /// <param name="name">The channel.</param>
    /// <param name="members">The frame's members after the offset, and its closing brace.</param>
    public void Publish(ChannelScope scope, string name, ReadOnlyMemory<byte> members) =>
        With(scope, name, channel => channel.Append(null, 0, deltas: 0, members.Span) ? channel : null).Wake();

    /// <summary>The connections of this node that are on a channel, whoever keeps it.</summary>
    public IReadOnlyList<Connection> ConnectionsOn(ChannelScope scope, string name) =>
        [.. Connections.All().Where(connection => connection.Subscriptions.Any(one => one.Channel.Key.Scope == scope && string.Equals(one.Name, name, StringComparison.Ordinal)))];

    /// <summary>The channels of a scope that somebody of this node is on, and who.</summary>
    public IEnumerable<(string Name, IReadOnlyList<Connection> Connections)> Occupied(ChannelScope scope) =>
        Connections.All()
            .SelectMany(static connection => connection.Subscriptions)
            .Where(one => one.Channel.Key.Scope == scope)
            .GroupBy(static one => one.Name, static one => one.Connection, StringComparer.Ordinal)
            .Select(static channel => (channel.Key, (IReadOnlyList<Connection>)[.. channel]));

    /// <summary>Wakes at the end of the roll-up window, or at once where there is none.</summary>
    public void WakeInWindow(Channel channel)
    {
        var length = _state.Options.RollUp;
        if (length <= TimeSpan.Zero)
        {
            channel.Wake();
        }
        else
        {
            _window.Add(channel, length);
        }
    }

    /// <summary>Never: no other node knows of a stream, and it dies with its own.</summary>
    event Action<OrphanedDelivery>? IChannelEngine.Orphaned
    {
        add { }
        remove { }
    }

    IStreamPublisher IChannelEngine.OpenStream(ChannelScope scope, IReadOnlyList<string> channels, string? actionName, string streamId, SideDelivery? side) =>
        OpenStream(scope, channels, actionName, streamId);

    ValueTask<Subscription> IChannelEngine.JoinAsync(ChannelScope scope, string name, Connection connection, Since? since, CancellationToken cancellationToken) =>
        new(Join(scope, name, connection, since));

    ValueTask<string?> IChannelEngine.NodeOfAsync(string streamId, CancellationToken cancellationToken) => new((string?)null);

    ValueTask IChannelEngine.PublishAsync(ChannelScope scope, string name, ReadOnlyMemory<byte> members, CancellationToken cancellationToken)
    {
        Publish(scope, name, members);
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        _timer.Dispose();
        _window.Dispose();
    }

    /// <summary>Retries with a new channel where the old one was swept away in between.</summary>
    private T With<T>(ChannelScope scope, string name, Func<Channel, T?> use)
        where T : class
    {
        var key = new ChannelKey(scope, name);
        while (true)
        {
            var channel = _channels.GetOrAdd(key, static (key, state) => new Channel(key, state), _state);
            if (use(channel) is { } result)
            {
                return result;
            }

            _channels.TryRemove(new(key, channel));
        }
    }

    /// <summary>What the frames of a stream have in common.</summary>
    public static byte[] StreamHeader(string? actionName, string streamId)
    {
        ReadOnlySpan<byte> action = actionName is null ? [] : [.. ",\"actionName\":\""u8, .. Escape(actionName), .. "\""u8];
        return [.. action, .. ",\"streamId\":\""u8, .. Escape(streamId), .. "\""u8];
    }

    private static ReadOnlySpan<byte> Escape(string text) => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes;

    private void Tick()
    {
        if (Interlocked.Exchange(ref _isTicking, 1) != 0)
        {
            return;
        }

        try
        {
            _state.Now = 1 + (long)_time.GetElapsedTime(_startedAt).TotalMilliseconds;
            Connections.Tick();
            if (++_ticks % TicksPerSweep == 0)
            {
                Sweep();
            }
        }
        catch (Exception exception)
        {
            // The catch-all of this background loop: one tick that fails must not end the process, nor all ticks after it.
            ChannelsLog.TickFailed(_logger, exception);
        }
        finally
        {
            Volatile.Write(ref _isTicking, 0);
        }
    }

    private void Sweep()
    {
        foreach (var (key, channel) in _channels)
        {
            if (channel.Sweep())
            {
                _channels.TryRemove(new(key, channel));
            }
        }
    }
}
