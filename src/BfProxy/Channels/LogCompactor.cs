namespace BfProxy.Channels;

/// <summary>Copies what running streams still need out of segments that leave the history, adjacent deltas of a stream merged to one record.</summary>
internal static class LogCompactor
{
    /// <summary>One exact segment of the records to keep, or null where none is; records left out mark their stream as cut.</summary>
    public static LogSegment? Compact(ReadOnlySpan<LogSegment> segments, Predicate<StreamSource> keep)
    {
        var (records, bytes) = Measure(segments, keep);
        if (records == 0)
        {
            return null;
        }

        var compacted = new LogSegment(LogSegment.SizeFor(records, bytes));
        foreach (var segment in segments)
        {
            Copy(segment, compacted, keep);
        }

        return compacted;
    }

    public static bool HoldsOnly(LogSegment segment, Predicate<StreamSource> keep)
    {
        for (var i = 0; i < segment.Count; i++)
        {
            if (segment[i].Source is { } source && !keep(source))
            {
                return false;
            }
        }

        return true;
    }

    private static (int Records, int Bytes) Measure(ReadOnlySpan<LogSegment> segments, Predicate<StreamSource> keep)
    {
        var (records, bytes, last) = (0, 0, default(LogRecord));
        foreach (var segment in segments)
        {
            for (var i = 0; i < segment.Count; i++)
            {
                var record = segment[i];
                if (record.Source is { } source && keep(source))
                {
                    var joins = record.Continues(last);
                    records += joins ? 0 : 1;
                    bytes += record.Length;
                    last = joins ? last with { Deltas = last.Deltas + record.Deltas } : record;
                }
                else if (record.Source is { } dropped)
                {
                    dropped.IsCut = true;
                    dropped.Records--;
                }
            }
        }

        return (records, bytes);
    }

    private static void Copy(LogSegment from, LogSegment to, Predicate<StreamSource> keep)
    {
        for (var i = 0; i < from.Count; i++)
        {
            var record = from[i];
            if (record.Source is not { } source || !keep(source))
            {
                continue;
            }

            var payload = from.Payload(record);
            if (to.Count > 0 && record.Continues(to[to.Count - 1]))
            {
                to.Extend(record, payload);
                source.Records--;
            }
            else
            {
                to.Append(source, record.Offset, record.Seq, record.Deltas, payload, now: 0);
            }
        }
    }
}
