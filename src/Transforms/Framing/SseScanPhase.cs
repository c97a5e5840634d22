namespace BfProxy.Transforms.Framing;

/// <summary>Where in the stream an <see cref="SseScanState"/> stands.</summary>
internal enum SseScanPhase : byte
{
    /// <summary>Nothing was read but, perhaps, a part of a byte order mark, which is carried.</summary>
    Start,

    /// <summary>At the start of a line that is no frame's yet.</summary>
    Between,

    /// <summary>Within a comment before a frame's first field; none of it is carried.</summary>
    Comment,

    /// <summary>Within a frame, whose bytes so far are carried.</summary>
    Within,

    /// <summary>A frame was too large, or the state was disposed.</summary>
    Dead,
}
