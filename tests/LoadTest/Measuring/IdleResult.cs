namespace LoadTest.Measuring;

/// <summary>What idle subscribers cost, each: managed heap, resident memory, and CPU per second.</summary>
internal sealed record IdleResult(string Name, double? LiveKilobytes, double ResidentKilobytes, double CpuMicrosecondsPerSecond, IReadOnlyList<string> Failures);
