namespace BfProxy.Channels;

/// <summary>What a join that asks for streams, or for all, gets of the past: fixed at the join, so that no later change of the log bends it.</summary>
/// <param name="Pinned">Segments before the history; only whole streams are taken from them.</param>
/// <param name="Head">Where the history begins.</param>
/// <param name="Until">Last offset of the past; what comes after is live.</param>
/// <param name="Streams">The streams to replay.</param>
/// <param name="IncludesAll">Whether all of the history counts, not only those streams.</param>
internal sealed record Replay(LogSegment[] Pinned, LogSegment Head, long Until, StreamSource[] Streams, bool IncludesAll)
{
    private readonly long _historyFrom = Head.Count > 0 ? Head[0].Offset : Until + 1;

    public bool Includes(in LogRecord record)
    {
        if (record.Offset > Until || (IncludesAll && record.Offset >= _historyFrom))
        {
            return true;
        }

        return record.Source is { } source && Array.IndexOf(Streams, source) >= 0;
    }
}
