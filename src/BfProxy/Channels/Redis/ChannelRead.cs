namespace BfProxy.Channels.Redis;

/// <summary>What was read of a channel in Redis.</summary>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Last">Its last offset.</param>
/// <param name="Now">Redis' clock, in milliseconds.</param>
/// <param name="Entries">Entries in order, at most a page.</param>
/// <param name="Streams">Its streams, running or lately ended.</param>
internal sealed record ChannelRead(int Epoch, long Last, long Now, Entry[] Entries, StreamState[] Streams)
{
    /// <summary>Entries that are read at once.</summary>
    public const int Page = 256;

    public bool IsFull => Entries.Length == Page;
}
