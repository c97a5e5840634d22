namespace BfProxy.Channels;

/// <summary>
/// Who numbers a channel's frames and keeps them: this process (<see cref="ChannelHub"/>), or a store that all nodes share.
/// Whatever it is, subscribers read a local log, and nothing that a provider's read loop calls ever waits.
/// </summary>
internal interface IChannelEngine
{
    /// <summary>Raised once, on one node, for a delivery beside the channels whose node is gone.</summary>
    event Action<OrphanedDelivery>? Orphaned;

    /// <summary>Opens a stream to <paramref name="channels"/>, which are distinct; other nodes know of <paramref name="side"/> too. The caller closes it.</summary>
    IStreamPublisher OpenStream(ChannelScope scope, IReadOnlyList<string> channels, string? actionName, string streamId, SideDelivery? side = null);

    /// <summary>Puts <paramref name="connection"/> on a channel. Frames come once the subscription was started on the connection.</summary>
    ValueTask<Subscription> JoinAsync(ChannelScope scope, string name, Connection connection, Since? since, CancellationToken cancellationToken);

    /// <summary>The node that publishes a stream, where nodes share the channels and one does; else null.</summary>
    ValueTask<string?> NodeOfAsync(string streamId, CancellationToken cancellationToken);

    /// <summary>Publishes a visitor's message.</summary>
    /// <param name="scope">The scope.</param>
    /// <param name="name">The channel.</param>
    /// <param name="members">The frame's members after the offset, and its closing brace.</param>
    /// <param name="cancellationToken">Ends the wait, not what was already handed over.</param>
    ValueTask PublishAsync(ChannelScope scope, string name, ReadOnlyMemory<byte> members, CancellationToken cancellationToken);
}
