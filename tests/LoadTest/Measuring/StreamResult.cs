using LoadTest.Client;

namespace LoadTest.Measuring;

/// <summary>How a contestant carried its streams.</summary>
internal sealed record StreamResult(string Name)
{
    public required WindowReport Window { get; init; }

    public required ClientReport Client { get; init; }

    public required CpuState Cpu { get; init; }

    /// <summary>Bytes allocated in the window.</summary>
    public required long? Allocated { get; init; }

    public required double Seconds { get; init; }

    public required double ResidentKilobytes { get; init; }

    public required double? LiveKilobytes { get; init; }

    /// <summary>From the provider's headers to the client's acknowledgment, in milliseconds.</summary>
    public required Durations Acknowledgment { get; init; }

    /// <summary>Deltas that the provider sent and nobody saw, also at the end of a stream.</summary>
    public required long Missing { get; init; }

    public double CpuPerDelta => Cpu.Contestant / Math.Max(1, Window.Delivered);

    public double? AllocatedPerDelta => (double?)Allocated / Math.Max(1, Window.Delivered);

    public bool IsWhole => Client.IsClean && Missing == 0;
}
