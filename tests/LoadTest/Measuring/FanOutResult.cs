using LoadTest.Client;

namespace LoadTest.Measuring;

/// <summary>How a contestant carried one stream to many.</summary>
/// <param name="Name">Of the contestant.</param>
/// <param name="Window">What its subscribers saw in the window, all together.</param>
/// <param name="Client">What they saw in all.</param>
/// <param name="Cpu">Spent in the window.</param>
/// <param name="Allocated">Bytes allocated in the window.</param>
/// <param name="Seconds">Length of the window.</param>
internal sealed record FanOutResult(string Name, WindowReport Window, ClientReport Client, CpuState Cpu, long? Allocated, double Seconds)
{
    public double CpuPerDelivery => Cpu.Contestant / Math.Max(1, Window.Delivered);

    public double? AllocatedPerDelivery => (double?)Allocated / Math.Max(1, Window.Delivered);
}
