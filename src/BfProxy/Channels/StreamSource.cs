namespace BfProxy.Channels;

/// <summary>One stream on one channel: what its frames have in common, and how much of it the channel still keeps. Guarded by the channel's lock.</summary>
/// <param name="channel">Where it publishes.</param>
/// <param name="streamId">The stream's id.</param>
/// <param name="header">The middle of each frame, <c>,"actionName":"…","streamId":"…"</c>, encoded once for all channels of the stream.</param>
internal sealed class StreamSource(Channel channel, string streamId, byte[] header)
{
    /// <summary>How long a finished stream stays replayable to anonymous visitors who come late.</summary>
    public const long LingerMilliseconds = 30_000;

    private StreamSource[]? _alone;

    public Channel Channel => channel;

    public string StreamId => streamId;

    /// <summary>Set once, before the first frame of it that names an action.</summary>
    public byte[] Header { get; set; } = header;

    /// <summary>An array of only itself: all that most segments of a log know of streams, and so share.</summary>
    public StreamSource[] Alone => _alone ??= [this];

    /// <summary>The seq that its next frame has here.</summary>
    public int NextSeq { get; set; } = 1;

    /// <summary>Bytes of payload it published to the channel.</summary>
    public long Bytes { get; set; }

    /// <summary>Records of it that the channel still holds.</summary>
    public int Records { get; set; }

    /// <summary>Whether a part of it was dropped; it can then not be replayed whole.</summary>
    public bool IsCut { get; set; }

    /// <summary>When it ended; zero while it runs.</summary>
    public long EndedAt { get; set; }

    public bool IsFresh(long now) => EndedAt == 0 || now - EndedAt < LingerMilliseconds;
}
