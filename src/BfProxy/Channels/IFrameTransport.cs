namespace BfProxy.Channels;

/// <summary>One client's wire. Only its connection's drain loop sends, one thing after the other; <see cref="Abort"/> comes from anywhere.</summary>
internal interface IFrameTransport
{
    /// <summary>Sends one frame, or keeps a copy until <see cref="FlushAsync"/>.</summary>
    /// <param name="frame">Valid until the send is over. Empty where there is nothing to say.</param>
    /// <param name="positions">The client's subscriptions; how much each has <see cref="Subscription.Taken"/> counts this frame in.</param>
    /// <param name="hasMore">Whether another frame or a flush comes at once, so that this one may wait for it.</param>
    ValueTask SendAsync(PreparedFrame frame, ReadOnlySpan<Subscription> positions, bool hasMore);

    /// <summary>Everything that is there for now was sent.</summary>
    ValueTask FlushAsync();

    /// <summary>Says why and ends; nothing is sent after it.</summary>
    ValueTask CloseAsync(ConnectionEnd end);

    /// <summary>What a ping looks like on this wire, as the frame that is then sent.</summary>
    ReadOnlyMemory<byte> Ping(long number);

    /// <summary>Ends it without a word, also below a send that hangs.</summary>
    void Abort();
}
