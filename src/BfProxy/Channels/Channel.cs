using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BfProxy.Channels;

/// <summary>
/// A named line of frames, numbered from one. One short lock orders appends, joins and leaves, so that a join falls exactly
/// between two offsets (it is taken on the subscribers, which saves an object a channel); they read the log without it and are woken after it.
/// </summary>
internal sealed class Channel
{
    private readonly HubState _state;
    private readonly int _epoch = RandomNumberGenerator.GetInt32(int.MinValue, int.MaxValue);
    private readonly SubscriberSet _subscribers = new();
    private List<StreamSource>? _streams;
    private SharedFrame? _shared;
    private byte[]? _prefix;
    private ChannelLog? _log;
    private int _running;
    private long _weight;
    private long _lastUsedAt;
    private bool _removed;

    public Channel(ChannelKey key, HubState state)
    {
        _state = state;
        _lastUsedAt = state.Now;
        Key = key;
    }

    public ChannelKey Key { get; }

    /// <summary>Changes when the history was lost, that is, with each instance.</summary>
    public string Epoch => _epoch.ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>The start of each frame, up to the offset; made with the first, because most private channels never have one.</summary>
    public ReadOnlySpan<byte> Prefix => _prefix ??= StartOfFrames();

    /// <summary>All that was ever appended, as <see cref="LogRecord.Weight"/>; what a subscriber lags is the difference to what it took.</summary>
    public long Weight => Volatile.Read(ref _weight);

    /// <summary>Whether frames are worth encoding once for all.</summary>
    public bool SharesFrames => _subscribers.FansOut;

    public SharedFrame? Shared => Volatile.Read(ref _shared);

    public void Share(SharedFrame frame) => Volatile.Write(ref _shared, frame);

    /// <summary>Registers a running stream.</summary>
    /// <returns>Null where the channel was removed meanwhile.</returns>
    public StreamSource? Open(string streamId, byte[] header)
    {
        lock (_subscribers)
        {
            if (_removed)
            {
                return null;
            }

            var source = new StreamSource(this, streamId, header);
            (_streams ??= []).Add(source);
            _running++;
            return source;
        }
    }

    public void Close(StreamSource source)
    {
        lock (_subscribers)
        {
            source.EndedAt = _lastUsedAt = _state.Now;
            _running--;
        }
    }

    /// <summary>Appends one frame; <see cref="Wake"/> shows it to subscribers.</summary>
    /// <returns>False where the channel was removed meanwhile, which a channel with a running stream never is.</returns>
    public bool Append(StreamSource? source, int seq, bool isDelta, ReadOnlySpan<byte> payload)
    {
        lock (_subscribers)
        {
            if (_removed)
            {
                return false;
            }

            Log.Append(source, seq, isDelta ? 1 : 0, payload);
            Volatile.Write(ref _weight, _weight + payload.Length + LogRecord.Size);
            _lastUsedAt = _state.Now;
            return true;
        }
    }

    /// <summary>Who is on it now.</summary>
    public IReadOnlyList<Connection> Connections()
    {
        lock (_subscribers)
        {
            return [.. _subscribers.All().Select(static subscription => subscription.Connection)];
        }
    }

    public void Wake() => _subscribers.Wake();

    /// <summary>Adds a subscriber at the live position, or before it where <paramref name="since"/> asks for the past.</summary>
    /// <returns>Null where the channel was removed meanwhile.</returns>
    public Subscription? Join(Connection connection, Since? since)
    {
        lock (_subscribers)
        {
            if (_removed)
            {
                return null;
            }

            var subscription = Subscribe(connection, since);
            _subscribers.Add(subscription);
            return subscription;
        }
    }

    public void Leave(Subscription subscription)
    {
        bool moved;
        lock (_subscribers)
        {
            moved = _subscribers.Remove(subscription);
            _lastUsedAt = _state.Now;
        }

        if (moved)
        {
            Wake();
        }
    }

    /// <summary>Lets go of what is too old.</summary>
    /// <returns>Whether the channel itself is: nobody on it, nothing running, nothing kept. It takes nothing from then on.</returns>
    public bool Sweep()
    {
        bool closedSegment, removed;
        lock (_subscribers)
        {
            closedSegment = _log?.Trim() == true;
            _log?.TrimPinned();
            ForgetStreams();
            var idle = _state.Now - _lastUsedAt;
            var kept = Math.Max(_state.Options.HistoryTtl.TotalMilliseconds, StreamSource.LingerMilliseconds);
            removed = _removed = _subscribers.Count == 0 && _running == 0 && idle >= kept;
        }

        if (closedSegment)
        {
            Wake();
        }

        return removed;
    }

    private Subscription Subscribe(Connection connection, Since? since)
    {
        if (since is null)
        {
            var now = _log?.LastOffset ?? 0;
            return new Subscription(this, connection, _log?.Live ?? default, new(now, now, now));
        }

        var log = Log;
        var last = log.LastOffset;
        var isKnown = string.Equals(since.Epoch, Epoch, StringComparison.Ordinal) && since.Offset <= last;
        var floor = isKnown || since.Floor == 0 ? Math.Min(since.Floor, last) : last;
        if (_state.Options.HistoryTtl <= TimeSpan.Zero)
        {
            return new Subscription(this, connection, log.Live, new(last, last, floor, isKnown && since.Offset == last));
        }

        if (!isKnown || since.Offset < floor)
        {
            return Replay(log, connection, since, isKnown ? since.Offset : 0, floor);
        }

        var after = Math.Max(since.Offset, log.FirstOffset - 1);
        return new Subscription(this, connection, log.Find(after + 1), new(last, after, floor, after == since.Offset));
    }

    /// <summary>Replays whole streams; also to one who comes back with an epoch that is gone, or asks for others' past, and then says so.</summary>
    private Subscription Replay(ChannelLog log, Connection connection, Since since, long after, long floor)
    {
        var now = _state.Now;
        StreamSource[] found = since.StreamId is { } id
            ? [.. Streams.Where(stream => string.Equals(stream.StreamId, id, StringComparison.Ordinal))]
            : [.. Streams.Where(stream => stream.IsFresh(now))];
        StreamSource[] whole = [.. found.Where(stream => !stream.IsCut)];
        var recovered = since.Epoch is null && whole.Length == found.Length && (since.StreamId is null || found.Length > 0);
        var readable = since.StreamId is null ? Math.Max(floor, after) : log.LastOffset;
        var replay = new Replay(log.Pinned, log.Head, log.LastOffset, whole, readable, after);
        return new Subscription(this, connection, LogCursor.AtStartOf(replay), new(log.LastOffset, after, floor, recovered), replay);
    }

    private ChannelLog StartLog()
    {
        var log = new ChannelLog(_state);
        _subscribers.Start(log.Head);
        return log;
    }

    private byte[] StartOfFrames() =>
        [.. "{\"channel\":\""u8, .. JsonEncodedText.Encode(Key.Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, .. "\","u8];

    /// <summary>There from the first frame on, or the first question about the past.</summary>
    private ChannelLog Log => _log ??= StartLog();

    private IEnumerable<StreamSource> Streams => _streams ?? Enumerable.Empty<StreamSource>();

    private void ForgetStreams()
    {
        if (_streams is null)
        {
            return;
        }

        var now = _state.Now;
        _streams.RemoveAll(stream => stream.Records == 0 && !stream.IsFresh(now));
        if (_streams.Count == 0)
        {
            _streams = null;
        }
    }
}
