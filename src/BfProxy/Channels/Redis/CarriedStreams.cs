namespace BfProxy.Channels.Redis;

/// <summary>Streams without an end that ran in a history that is gone; one that says anything in the present history is no longer among them.</summary>
internal struct CarriedStreams
{
    private List<UnfinishedStream>? _streams;

    /// <summary>Takes along what still runs on a channel whose history ends.</summary>
    public void TakeFrom(Channel channel)
    {
        Settle(channel);
        foreach (var source in channel.Running())
        {
            (_streams ??= []).Add(UnfinishedStream.Of(source));
        }
    }

    public void Remove(string streamId) => _streams?.RemoveAll(stream => string.Equals(stream.StreamId, streamId, StringComparison.Ordinal));

    /// <summary>All that runs or did not end.</summary>
    public UnfinishedStream[] All(Channel channel)
    {
        Settle(channel);
        return [.. channel.Running().Select(UnfinishedStream.Of), .. _streams ?? []];
    }

    private void Settle(Channel channel)
    {
        _streams?.RemoveAll(stream => channel.Find(stream.StreamId) is not null);
        _streams = _streams is { Count: > 0 } ? _streams : null;
    }
}
