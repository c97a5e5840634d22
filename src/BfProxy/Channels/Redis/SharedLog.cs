using System.Globalization;
using BfProxy.Backplane;
using BfProxy.Telemetry;
using StackExchange.Redis;

namespace BfProxy.Channels.Redis;

/// <summary>The channels as they stand in Redis. Every call throws <see cref="StateUnavailableException"/> where Redis is away.</summary>
internal sealed class SharedLog(RedisLink link, HubState state, RedisMetrics metrics)
{
    /// <summary>What is kept even where history is off, to fill gaps between nodes.</summary>
    private const int MinEntries = 64;
    private static readonly TimeSpan MinLife = TimeSpan.FromSeconds(10);

    /// <summary>A channel outlives its history, so that one who is still on it sees no new epoch; nodes that have it on renew it.</summary>
    private static readonly TimeSpan Afterlife = TimeSpan.FromMinutes(5);

    public bool IsAway => link.IsAway;

    public RedisMetrics Metrics => metrics;

    public TimeProvider Time => link.Time;

    /// <summary>Publishes a batch; null where another node has ended the stream.</summary>
    /// <param name="key">The channel.</param>
    /// <param name="streamId">The stream; empty for a visitor's message.</param>
    /// <param name="actionName">The stream's action.</param>
    /// <param name="batch">What to publish.</param>
    /// <param name="kind">Who says it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Entry?> PublishAsync(ChannelKey key, string streamId, string? actionName, Batch batch, BatchKind kind, CancellationToken cancellationToken)
    {
        var options = state.Options;
        var body = batch.Write(streamId, actionName);
        var answer = (RedisResult[])(await link.EvaluateAsync(
            ChannelScripts.Publish,
            [Key(key, "meta"), Key(key, "log"), Key(key, "streams"), Key(key, "stream:" + streamId)],
            [
                TopicOf(key), Channel.Write(Channel.NewEpoch()), streamId, batch.Number, batch.Seq, batch.Count, batch.Length, batch.IsLast, body,
                Math.Max(options.HistorySize, MinEntries), Milliseconds(LogLife), options.HistoryTtl > TimeSpan.Zero ? options.MaxReplayBytes : 0,
                StreamSource.LingerMilliseconds, options.HistoryBytes, Milliseconds(Life), (int)kind, batch.LastWords?.Write(streamId, actionName) ?? [], batch.LastWords?.Count ?? 0,
            ],
            cancellationToken))!;
        var first = (long)answer[1];
        metrics.Published();
        return first == 0 ? null : new Entry(Entry.ReadEpoch((string)answer[0]!), first, (long)answer[3], (int)answer[2], (byte[])answer[4]!);
    }

    /// <summary>Reads a page from <paramref name="from"/> on; a channel that is not there begins.</summary>
    public async Task<ChannelRead> ReadAsync(ChannelKey key, long from, CancellationToken cancellationToken)
    {
        var answer = (RedisResult[])(await link.EvaluateAsync(
            ChannelScripts.Read,
            [Key(key, "meta"), Key(key, "log"), Key(key, "streams")],
            [Channel.Write(Channel.NewEpoch()), Milliseconds(Life), from, ChannelRead.Page, true],
            cancellationToken))!;
        var streams = (RedisResult[])answer[4]!;
        var states = new List<StreamState>(streams.Length / 2);
        for (var i = 0; i < streams.Length; i += 2)
        {
            if ((string)streams[i]! is var name && !name.EndsWith(StreamState.LastWords))
            {
                states.Add(StreamState.Read(name, (string)streams[i + 1]!));
            }
        }

        return new ChannelRead(Entry.ReadEpoch((string)answer[0]!), (long)answer[1], (long)answer[2], ReadEntries(answer[3]), [.. states]);
    }

    /// <summary>What a stream said before <paramref name="offset"/>.</summary>
    public async Task<Entry[]> PastAsync(ChannelKey key, string streamId, long offset, CancellationToken cancellationToken) =>
        ReadEntries(await link.EvaluateAsync(ChannelScripts.Past, [Key(key, "stream:" + streamId)], [offset - 1], cancellationToken));

    /// <summary>Begins a new epoch on all nodes.</summary>
    public Task RenewAsync(ChannelKey key, CancellationToken cancellationToken) =>
        link.EvaluateAsync(
            ChannelScripts.Renew,
            [Key(key, "meta"), Key(key, "log"), Key(key, "streams")],
            [Channel.Write(Channel.NewEpoch()), Milliseconds(Life), TopicOf(key), StreamSource.LingerMilliseconds, Milliseconds(LogLife)],
            cancellationToken);

    public Task SubscribeAsync(ChannelKey key, Action<RedisChannel, RedisValue> heard, CancellationToken cancellationToken) => link.SubscribeAsync(TopicOf(key), heard, cancellationToken);

    public Task UnsubscribeAsync(ChannelKey key, Action<RedisChannel, RedisValue> heard, CancellationToken cancellationToken) => link.UnsubscribeAsync(TopicOf(key), heard, cancellationToken);

    private TimeSpan LogLife => Max(state.Options.HistoryTtl, MinLife);

    private TimeSpan Life => LogLife + Afterlife;

    /// <summary>In braces what a cluster places all keys of a channel by; escaped, so that no name holds a brace or a slash.</summary>
    private string Name(ChannelKey key) => $"{link.Prefix}{{{Uri.EscapeDataString(key.Scope.App)}/{Uri.EscapeDataString(key.Scope.Host)}/{Uri.EscapeDataString(key.Name)}}}";

    private RedisKey Key(ChannelKey key, string part) => $"{Name(key)}:{part}";

    private string TopicOf(ChannelKey key) => Name(key);

    private static Entry[] ReadEntries(RedisResult result)
    {
        var all = (RedisResult[])result!;
        var entries = new List<Entry>(all.Length);
        foreach (var bytes in all)
        {
            if (Entry.TryRead((byte[])bytes!, out var entry))
            {
                entries.Add(entry);
            }
        }

        return [.. entries];
    }

    private static RedisValue Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
