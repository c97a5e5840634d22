namespace BfProxy.Transforms.Framing;

/// <summary>What <see cref="SseScanner.Read"/> came to.</summary>
public enum SseScanStatus
{
    /// <summary>The input is used up; what was half read is kept in the state. Go on with a new scanner over the next bytes.</summary>
    NeedMore,

    /// <summary>A frame was read; there may be more in the input.</summary>
    Frame,

    /// <summary>A frame passed the limit of its state. Final: the state reads nothing more.</summary>
    TooLarge,
}
