using System.Diagnostics.Metrics;

namespace BfProxy.Telemetry;

/// <summary>What sharing the channels through Redis comes to on this node, on meter <c>BfProxy</c>.</summary>
internal sealed class RedisMetrics : IDisposable
{
    private readonly Counter<long> _batches;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _epochs;
    private readonly Counter<long> _orphans;

    public RedisMetrics()
    {
        _batches = Meter.CreateCounter<long>("bfproxy.redis.batches", "{batch}", "Batches of streams, and messages, that were published through Redis");
        _gaps = Meter.CreateCounter<long>("bfproxy.redis.gaps", "{gap}", "Gaps in what was heard of a channel, by what became of them: filled from Redis' log, or lost and told to its listeners");
        _epochs = Meter.CreateCounter<long>("bfproxy.redis.epochs", "{epoch}", "Times that a channel began a new epoch here, which its listeners were told");
        _orphans = Meter.CreateCounter<long>("bfproxy.redis.streams.orphaned", "{stream}", "Streams, by channel, that this node ended because theirs was gone");
    }

    /// <summary>Tells this node's instruments from those of others in the same process.</summary>
    public Meter Meter { get; } = new(StreamMetrics.Name);

    /// <summary>Shows what is only read when somebody looks.</summary>
    /// <param name="unsentBytes">Text of streams that waits for Redis.</param>
    /// <param name="isDegraded">Whether Redis does not answer.</param>
    public void Watch(Func<long> unsentBytes, Func<bool> isDegraded)
    {
        Meter.CreateObservableUpDownCounter("bfproxy.redis.unsent", unsentBytes, "By", "Text of streams that waits for Redis");
        Meter.CreateObservableGauge("bfproxy.redis.degraded", () => isDegraded() ? 1 : 0, description: "1 while Redis does not answer and this node goes on alone");
    }

    public void Published() => _batches.Add(1);

    public void GapFilled() => _gaps.Add(1, new KeyValuePair<string, object?>("bfproxy.redis.gap.outcome", "filled"));

    public void GapLost() => _gaps.Add(1, new KeyValuePair<string, object?>("bfproxy.redis.gap.outcome", "lost"));

    public void EpochBegan() => _epochs.Add(1);

    public void Orphaned() => _orphans.Add(1);

    public void Dispose() => Meter.Dispose();
}
