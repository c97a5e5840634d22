namespace BfProxy.Channels.Redis;

/// <summary>
/// Looks after streams that nobody answers for: a node was killed, and Redis lost its leases with all else before they ran out.
/// Who still carries such a stream ends it; the first to say so is heard, the others find that it was said. Where it did end, in a history
/// that this node has lost, its end is said again under the same seq. Word of it is left in Redis, for those who come after this node.
/// </summary>
internal sealed class OrphanWatch(StreamLeases leases, SharedLog shared)
{
    /// <summary>Looks, three seconds apart, that find no lease: longer than a live node takes to come back with Redis and renew.</summary>
    private const int MaxLooks = 4;

    /// <summary>Looks more where the stream's action is not known here: who knows it goes first.</summary>
    private const int MoreLooks = 2;

    private Dictionary<(ChannelKey Channel, string StreamId), int> _looks = [];

    /// <summary>Looks once.</summary>
    /// <param name="replicas">This node's copies of channels.</param>
    /// <param name="runsHere">Whether a stream is this node's own.</param>
    /// <param name="ends">Whether to end them too, and not only to count: not while others may still have to come back.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task LookAsync(IEnumerable<Replica> replicas, Func<string, bool> runsHere, bool ends, CancellationToken cancellationToken)
    {
        var carried = replicas.SelectMany(static replica => replica.Unfinished().Select(stream => (Replica: replica, Stream: stream))).Where(one => !runsHere(one.Stream.StreamId)).ToList();
        foreach (var (replica, stream) in carried.Where(static one => one.Stream.HasEnded))
        {
            await EndAsync(replica, stream, cancellationToken);
        }

        carried.RemoveAll(static one => one.Stream.HasEnded);
        var unheld = (await leases.UnheldAsync([.. carried.Select(static one => one.Stream.StreamId).Distinct(StringComparer.Ordinal)], cancellationToken)).ToHashSet(StringComparer.Ordinal);
        carried.RemoveAll(one => !unheld.Contains(one.Stream.StreamId));
        await leases.LeaveAsync([.. carried.Select(static one => (one.Replica.Channel.Key, one.Stream))], cancellationToken);
        var looks = new Dictionary<(ChannelKey Channel, string StreamId), int>();
        foreach (var (replica, stream) in carried)
        {
            var key = (replica.Channel.Key, stream.StreamId);
            var count = _looks.GetValueOrDefault(key) + 1;
            looks[key] = count;
            if (ends && count > MaxLooks + (stream.ActionName is null ? MoreLooks : 0))
            {
                await EndAsync(replica, stream, cancellationToken);
            }
        }

        _looks = looks;
    }

    private async Task EndAsync(Replica replica, UnfinishedStream stream, CancellationToken cancellationToken)
    {
        if (await shared.PublishAsync(replica.Channel.Key, stream.StreamId, stream.ActionName, LastWords.From(stream.NextSeq), BatchKind.Restating, cancellationToken) is { } entry)
        {
            shared.Metrics.Orphaned();
            replica.Receive(entry);
        }
        else
        {
            // It ended, and nobody knows how any more.
            await replica.CatchUpAsync();
        }

        replica.LetGo(stream.StreamId);
    }
}
