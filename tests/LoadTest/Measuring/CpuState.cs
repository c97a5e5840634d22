namespace LoadTest.Measuring;

/// <summary>CPU time so far, in microseconds, of who takes part.</summary>
internal readonly record struct CpuState(double Contestant, double Provider, double Client)
{
    public static CpuState operator -(CpuState later, CpuState earlier) =>
        new(later.Contestant - earlier.Contestant, later.Provider - earlier.Provider, later.Client - earlier.Client);
}
