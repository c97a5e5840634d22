using BfProxy.Backplane;
using StackExchange.Redis;

namespace BfProxy.Channels.Redis;

/// <summary>
/// A lease of ten seconds per running stream, renewed by the node that runs it. One that runs out is claimed by exactly one other node,
/// which ends the stream on its channels; should that node die over it, the claim runs out too. Where Redis lost a lease, those who
/// still know of the stream leave one in its place.
/// </summary>
internal sealed class StreamLeases(RedisLink link, SharedLog shared, INodeBus bus)
{
    private const int LeaseMilliseconds = 10_000;

    /// <summary>Longer than <see cref="OrphanWatch"/> takes, and less than how long the end of a stream is remembered.</summary>
    private const int TestamentMilliseconds = 27_000;
    private const int MaxClaims = 32;
    private const int MaxAsked = 1000;

    private const string Renew = """
        local time = redis.call('TIME')
        local due = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
        for i = 2, #ARGV, 2 do
          redis.call('ZADD', KEYS[1], due, ARGV[i])
          redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
        end
        return 0
        """;

    private const string Leave = """
        local time = redis.call('TIME')
        local due = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
        for i = 2, #ARGV, 2 do
          if redis.call('ZADD', KEYS[1], 'NX', due, ARGV[i]) == 1 then redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
        end
        return 0
        """;

    private const string Release = "redis.call('ZREM', KEYS[1], ARGV[1]) return redis.call('HDEL', KEYS[2], ARGV[1])";

    private const string Claim = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local claimed = {}
        for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[2])) do
          redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), id)
          table.insert(claimed, id)
          table.insert(claimed, redis.call('HGET', KEYS[2], id) or '')
        end
        return claimed
        """;

    private readonly RedisKey[] _keys = [link.Prefix + "{leases}:due", link.Prefix + "{leases}:streams"];

    /// <summary>Takes or renews the leases of streams that run here.</summary>
    public async Task RenewAsync(IReadOnlyCollection<SharedStreamPublisher> streams, CancellationToken cancellationToken)
    {
        if (streams.Count > 0)
        {
            RedisValue[] values = [LeaseMilliseconds, .. streams.SelectMany(stream => (RedisValue[])[stream.StreamId, LeaseOf(stream)])];
            await link.EvaluateAsync(Renew, _keys, values, cancellationToken);
        }
    }

    public Task ReleaseAsync(string streamId, CancellationToken cancellationToken) => link.EvaluateAsync(Release, _keys, [streamId], cancellationToken);

    /// <summary>The node that runs a stream; null where no node does.</summary>
    public async Task<string?> NodeOfAsync(string streamId, CancellationToken cancellationToken) =>
        StreamLease.Read(await link.RunAsync(database => database.HashGetAsync(_keys[1], streamId), cancellationToken))?.Node;

    /// <summary>Those of the streams that no node says it runs.</summary>
    public async Task<IReadOnlyList<string>> UnheldAsync(IReadOnlyList<string> streamIds, CancellationToken cancellationToken)
    {
        var unheld = new List<string>();
        foreach (var some in streamIds.Chunk(MaxAsked))
        {
            RedisValue[] fields = [.. some];
            var leases = await link.RunAsync(database => database.HashGetAsync(_keys[1], fields), cancellationToken);
            unheld.AddRange(some.Where((_, index) => leases[index].IsNull));
        }

        return unheld;
    }

    /// <summary>Leaves word of streams that nobody answers for, each with its channel, lest this node dies too before it has ended them.</summary>
    public async Task LeaveAsync(IReadOnlyCollection<(ChannelKey Channel, UnfinishedStream Stream)> streams, CancellationToken cancellationToken)
    {
        if (streams.Count > 0)
        {
            RedisValue[] values = [TestamentMilliseconds, .. streams.SelectMany(static one => (RedisValue[])[$"{one.Stream.StreamId} {one.Channel.Scope.App}/{one.Channel.Scope.Host}/{one.Channel.Name}", TestamentOf(one.Channel, one.Stream)])];
            await link.EvaluateAsync(Leave, _keys, values, cancellationToken);
        }
    }

    /// <summary>Ends the streams whose node is gone, by name.</summary>
    /// <param name="runsHere">Whether a stream runs on this node: one that was suspended finds its own leases run out, and renews them.</param>
    /// <param name="orphaned">Takes what they delivered elsewhere: at most once, so not before the lease is gone.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What was put on their channels.</returns>
    public async Task<IReadOnlyList<(ChannelKey Channel, Entry Entry)>> EndDeadAsync(Func<string, bool> runsHere, Action<OrphanedDelivery> orphaned, CancellationToken cancellationToken)
    {
        var said = new List<(ChannelKey, Entry)>();
        var claimed = (string[])(await link.EvaluateAsync(Claim, _keys, [LeaseMilliseconds, MaxClaims], cancellationToken))!;
        for (var i = 0; i < claimed.Length; i += 2)
        {
            if (runsHere(claimed[i]))
            {
                continue;
            }

            var lease = StreamLease.Read(claimed[i + 1].Length == 0 ? null : claimed[i + 1]);
            if (lease is not null && (lease.InPlaceOf is null || await NodeOfAsync(lease.InPlaceOf, cancellationToken) is null))
            {
                foreach (var name in lease.Channels)
                {
                    var key = new ChannelKey(lease.Scope, name);
                    if (await shared.PublishAsync(key, lease.InPlaceOf ?? claimed[i], lease.ActionName, LastWords.From(lease.Seq), BatchKind.Continuing, cancellationToken) is { } entry)
                    {
                        said.Add((key, entry));
                    }
                }
            }

            if ((long)await link.EvaluateAsync(Release, _keys, [claimed[i]], cancellationToken) == 1 && lease?.Side is { } channels)
            {
                orphaned(new OrphanedDelivery(lease.App, claimed[i], channels, lease.ActionName));
            }
        }

        return said;
    }

    private static string TestamentOf(ChannelKey channel, in UnfinishedStream stream) =>
        new StreamLease("", channel.Scope.App, channel.Scope.Host, [channel.Name], stream.ActionName, stream.NextSeq) { InPlaceOf = stream.StreamId }.Write();

    private string LeaseOf(SharedStreamPublisher stream) => new StreamLease(bus.NodeId, stream.Scope.App, stream.Scope.Host, stream.Channels, stream.ActionName, stream.NextSeq) { Side = stream.Side?.Channels }.Write();
}
