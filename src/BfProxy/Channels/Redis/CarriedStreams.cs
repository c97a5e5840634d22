namespace BfProxy.Channels.Redis;

/// <summary>
/// Streams without an end that ran in a history that is gone. One that says anything in the present history is no longer among them;
/// one of which the present history knows no more than that it runs still is, because only here its action and its seq are known.
/// </summary>
internal struct CarriedStreams
{
    private List<UnfinishedStream>? _streams;

    /// <summary>Takes along what still runs on a channel whose history ends.</summary>
    public void TakeFrom(Channel channel)
    {
        UnfinishedStream[] all = All(channel);
        _streams = all.Length > 0 ? [.. all] : null;
    }

    public void Remove(string streamId) => _streams?.RemoveAll(stream => string.Equals(stream.StreamId, streamId, StringComparison.Ordinal));

    /// <summary>Learns from Redis which of them have ended.</summary>
    public readonly void Learn(StreamState[] states)
    {
        for (var i = 0; i < _streams?.Count; i++)
        {
            var stream = _streams[i];
            _streams[i] = stream with { HasEnded = Array.Exists(states, state => state.EndedAt != 0 && string.Equals(state.StreamId, stream.StreamId, StringComparison.Ordinal)) };
        }
    }

    /// <summary>All that runs or did not end.</summary>
    public UnfinishedStream[] All(Channel channel)
    {
        _streams?.RemoveAll(stream => channel.Find(stream.StreamId) is { } source && (source.Header.Length > 0 || source.EndedAt != 0));
        List<UnfinishedStream> carried = _streams ?? [];
        return [.. carried, .. channel.Running().Select(UnfinishedStream.Of).Where(stream => !carried.Exists(one => string.Equals(one.StreamId, stream.StreamId, StringComparison.Ordinal)))];
    }
}
