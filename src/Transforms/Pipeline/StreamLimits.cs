namespace BfProxy.Transforms.Pipeline;

/// <summary>What one provider stream may cost before it is given up.</summary>
public sealed record StreamLimits
{
    /// <summary>Largest frame, in bytes.</summary>
    public int MaxFrameBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Largest response in all, in bytes.</summary>
    public long MaxResponseBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How many frames that the dialect cannot read are skipped; one more ends the stream.</summary>
    public int MaxMalformedFrames { get; init; } = 8;
}
