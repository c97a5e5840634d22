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
    private readonly SubscriberSet _subscribers = new();
    private List<StreamSource>? _streams;
    private SharedFrame? _shared;
    private byte[]? _prefix;
    private ChannelLog? _log;
    private int _epoch;
    private int _running;
    private long _weight;
    private long _lastUsedAt;
    private long _lastLeftAt;
    private bool _removed;

    public Channel(ChannelKey key, HubState state)
        : this(key, state, NewEpoch(), 0)
    {
    }

    /// <summary>A channel whose history began elsewhere and has come to <paramref name="last"/>.</summary>
    public Channel(ChannelKey key, HubState state, int epoch, long last)
    {
        _state = state;
        _epoch = epoch;
        _log = last > 0 ? new ChannelLog(state, last) : null;
        _lastUsedAt = _lastLeftAt = state.Now;
        Key = key;
    }

    public ChannelKey Key { get; }

    /// <summary>Changes when the history was lost, that is, with each instance, and where it is told to <see cref="Become"/> another.</summary>
    public string Epoch => Write(_epoch);

    public int EpochNumber => Volatile.Read(ref _epoch);

    public long LastOffset
    {
        get
        {
            lock (_subscribers)
            {
                return _log?.LastOffset ?? 0;
            }
        }
    }

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

    /// <summary>A stream that it knows.</summary>
    public StreamSource? Find(string streamId)
    {
        lock (_subscribers)
        {
            return _streams?.Find(stream => string.Equals(stream.StreamId, streamId, StringComparison.Ordinal));
        }
    }

    /// <summary>The streams that it takes for running.</summary>
    public StreamSource[] Running()
    {
        lock (_subscribers)
        {
            return [.. Streams.Where(static stream => stream.EndedAt == 0)];
        }
    }

    /// <summary>Puts what a stream said long ago before the history. Only while nobody else uses the channel.</summary>
    public void Pin(LogSegment past) => Log.Pin(past);

    /// <summary>Closes for good where nobody has been on it for a while; it takes nothing from then on.</summary>
    public bool Abandon(long milliseconds)
    {
        lock (_subscribers)
        {
            return _removed |= _subscribers.Count == 0 && _state.Now - _lastLeftAt >= milliseconds;
        }
    }

    public void Close(StreamSource source, long age = 0)
    {
        lock (_subscribers)
        {
            // A stream of a history that is gone no longer counts.
            _running -= source.EndedAt == 0 && _streams?.Contains(source) == true ? 1 : 0;
            _lastUsedAt = _state.Now;
            source.EndedAt = _state.Now == age ? -1 : _state.Now - age;
        }
    }

    /// <summary>Appends one frame; <see cref="Wake"/> shows it to subscribers.</summary>
    /// <returns>False where the channel was removed meanwhile, which a channel with a running stream never is.</returns>
    public bool Append(StreamSource? source, int seq, int deltas, ReadOnlySpan<byte> payload, long age = 0)
    {
        lock (_subscribers)
        {
            if (_removed)
            {
                return false;
            }

            Log.Append(source, seq, deltas, payload, age);
            Volatile.Write(ref _weight, _weight + payload.Length + LogRecord.Size);
            _lastUsedAt = _state.Now;
            return true;
        }
    }

    public void Wake() => _subscribers.Wake();

    /// <summary>
    /// Goes on with the history of <paramref name="next"/>, which is used up by it. Whoever is on the channel takes what is left of
    /// the old one, then a notice, then what is appended from now on.
    /// </summary>
    public void Become(Channel next)
    {
        lock (_subscribers)
        {
            var log = next._log ?? new ChannelLog(_state);
            if (_subscribers.Count > 0)
            {
                Log.ContinueAs(log, next._epoch);
                Volatile.Write(ref _weight, _weight + LogRecord.Size);
            }

            (_log, _streams, _running) = (log, next._streams, next._running);
            Volatile.Write(ref _epoch, next._epoch);
            _lastUsedAt = _state.Now;
        }

        Wake();
    }

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
            _lastUsedAt = _lastLeftAt = _state.Now;
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

        // Several deltas may stand in one record; who claims to have a part of it was never sent that, and starts behind it.
        var cursor = log.Find(Math.Max(since.Offset + 1, log.FirstOffset));
        var after = Math.Max(since.Offset, log.FirstOffset - 1);
        if (cursor.HasCurrent(null) && cursor.Current.Offset <= after)
        {
            after = cursor.Current.LastOffset;
            cursor.Advance();
        }

        return new Subscription(this, connection, cursor, new(last, after, floor, after == since.Offset));
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

    public static int NewEpoch() => RandomNumberGenerator.GetInt32(int.MinValue, int.MaxValue);

    /// <summary>An epoch as it is told to clients and other nodes.</summary>
    public static string Write(int epoch) => epoch.ToString("x8", CultureInfo.InvariantCulture);

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
