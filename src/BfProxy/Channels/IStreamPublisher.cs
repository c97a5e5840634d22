namespace BfProxy.Channels;

/// <summary>
/// One stream's way to its channels. Used by one thread at a time. <see cref="Delta"/> and <see cref="Event"/> only append;
/// <see cref="Flush"/>, once per read of the provider, shows it to the subscribers, so that tokens which arrived together leave together.
/// Nothing here waits, whatever the subscribers do.
/// </summary>
internal interface IStreamPublisher
{
    string StreamId { get; }

    /// <summary>Cancelled when nobody will see any more of the stream: another node has ended it, or too much waits for a store that is away. It is then to be ended.</summary>
    CancellationToken Abandoned { get; }

    /// <summary>More text.</summary>
    /// <param name="escapedText">The inside of a JSON string, never empty; copied.</param>
    void Delta(ReadOnlySpan<byte> escapedText);

    /// <summary>Any other event.</summary>
    /// <param name="eventJson">The whole event object; copied.</param>
    void Event(ReadOnlySpan<byte> eventJson);

    /// <summary>Shows subscribers what was appended; deltas after the first may wait for the roll-up window.</summary>
    void Flush();

    /// <summary>The stream is over; late joiners can replay it for 30 s more.</summary>
    void Close();
}
