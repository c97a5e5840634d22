using BfProxy.Transforms.Contract;

namespace BfProxy.Telemetry;

/// <summary>What is known of a stream when it is over.</summary>
internal readonly record struct StreamSummary(
    StreamTarget Target,
    TimeSpan Duration,
    TimeSpan? FirstToken,
    CountedUsage? Usage,
    int? ErrorStatus,
    int MalformedFrames);
