namespace BfProxy.Channels;

/// <summary>What a join that asks for streams, or for all, gets of the past: fixed at the join, so that no later change of the log bends it.</summary>
/// <param name="Pinned">Segments before the history; only whole streams are taken from them.</param>
/// <param name="Head">Where the history begins.</param>
/// <param name="Until">Last offset of the past; what comes after is live.</param>
/// <param name="Streams">The streams to replay.</param>
/// <param name="ReadableAfter">After this offset all of the history counts, not only those streams.</param>
/// <param name="After">What the client has already.</param>
internal sealed record Replay(LogSegment[] Pinned, LogSegment Head, long Until, StreamSource[] Streams, long ReadableAfter, long After)
{
    private readonly long _allFrom = Math.Max(ReadableAfter + 1, Head.Count > 0 ? Head[0].Offset : Until + 1);

    public bool Includes(in LogRecord record)
    {
        if (record.Offset >= _allFrom)
        {
            return true;
        }

        return record.LastOffset > After && record.Source is { } source && Array.IndexOf(Streams, source) >= 0;
    }
}
