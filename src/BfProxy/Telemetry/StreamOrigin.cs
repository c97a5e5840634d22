using System.Diagnostics;

namespace BfProxy.Telemetry;

/// <summary>The request that started a stream, as its own trace knows it.</summary>
/// <param name="Context">Its span; the stream's trace links to it.</param>
/// <param name="Arrived">When it arrived.</param>
internal readonly record struct StreamOrigin(ActivityContext Context, DateTimeOffset Arrived)
{
    /// <summary>The request that is being handled now; null where nobody traces requests.</summary>
    public static StreamOrigin? Current => Activity.Current is { } request ? new StreamOrigin(request.Context, new DateTimeOffset(request.StartTimeUtc)) : null;
}
