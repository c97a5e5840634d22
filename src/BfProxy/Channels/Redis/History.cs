namespace BfProxy.Channels.Redis;

/// <summary>Puts entries from Redis into a local channel.</summary>
internal static class History
{
    /// <summary>Appends an entry, which is the channel's next and <paramref name="age"/> milliseconds old.</summary>
    public static void Append(Channel channel, in Entry entry, long age)
    {
        var body = new EntryBody(entry.Body.Span);
        var source = body.StreamId.Length == 0 ? null : SourceOf(channel, body.StreamId, body.ActionName, entry.Seq);
        if (body.StreamId.Length > 0 && source is null)
        {
            return;
        }

        var seq = entry.Seq;
        while (body.TryTake(out var deltas, out var payload))
        {
            channel.Append(source, seq, deltas, payload, age);
            seq += Math.Max(deltas, 1);
        }

        if (body.IsLast && source is not null)
        {
            channel.Close(source, age);
        }
    }

    /// <summary>Puts what fresh streams said before the history into one segment, in order.</summary>
    public static void Pin(Channel channel, IEnumerable<Entry> past)
    {
        var records = new List<(StreamSource Source, long Offset, int Seq, int Deltas, byte[] Payload)>();
        foreach (var entry in past.OrderBy(static entry => entry.First))
        {
            var body = new EntryBody(entry.Body.Span);
            var source = SourceOf(channel, body.StreamId, body.ActionName, entry.Seq);
            var (offset, seq) = (entry.First, entry.Seq);
            while (body.TryTake(out var deltas, out var payload))
            {
                records.Add((source!, offset, seq, deltas, payload.ToArray()));
                offset += Math.Max(deltas, 1);
                seq += Math.Max(deltas, 1);
            }
        }

        if (records.Count == 0)
        {
            return;
        }

        var segment = new LogSegment(LogSegment.SizeFor(records.Count, records.Sum(static record => record.Payload.Length)));
        foreach (var (source, offset, seq, deltas, payload) in records)
        {
            segment.Append(source, offset, seq, deltas, payload, now: 0);
            source.Records++;
            source.NextSeq = seq + Math.Max(deltas, 1);
            source.Bytes += payload.Length;
        }

        channel.Pin(segment);
    }

    /// <summary>Knows of streams that have said nothing yet, and of the end of those whose last word was missed.</summary>
    public static void Follow(Channel channel, ChannelRead read)
    {
        foreach (var stream in read.Streams)
        {
            if (stream.EndedAt == 0 && channel.Find(stream.StreamId) is null && channel.Open(stream.StreamId, []) is { } source)
            {
                source.IsCut = !stream.IsWhole;
            }
        }

        foreach (var source in channel.Running())
        {
            var stream = Array.Find(read.Streams, stream => string.Equals(stream.StreamId, source.StreamId, StringComparison.Ordinal));
            var isForgotten = stream.StreamId is null && source.Records > 0 && channel.LastOffset <= read.Last;
            if (isForgotten || stream.EndedAt != 0)
            {
                channel.Close(source, isForgotten ? 0 : Math.Max(0, read.Now - stream.EndedAt));
            }
        }
    }

    /// <summary>A stream of which the beginning is not there is cut. Null where the channel was removed.</summary>
    private static StreamSource? SourceOf(Channel channel, string streamId, string? actionName, int seq)
    {
        var source = channel.Find(streamId);
        if (source is null)
        {
            source = channel.Open(streamId, ChannelHub.StreamHeader(actionName, streamId));
            if (source is not null)
            {
                source.IsCut = seq > 1;
            }
        }
        else if (source.Header.Length == 0)
        {
            source.Header = ChannelHub.StreamHeader(actionName, streamId);
        }

        return source;
    }
}
