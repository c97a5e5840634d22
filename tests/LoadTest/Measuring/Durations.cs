using System.Diagnostics;

namespace LoadTest.Measuring;

/// <summary>Quantiles of some durations, in milliseconds.</summary>
internal readonly record struct Durations(int Count, double P50, double P99)
{
    /// <summary>From Stopwatch ticks.</summary>
    public static Durations Of(IEnumerable<long> ticks)
    {
        var sorted = ticks.Order().Select(duration => duration * 1000.0 / Stopwatch.Frequency).ToList();
        return sorted.Count == 0 ? default : new Durations(sorted.Count, At(sorted, 0.5), At(sorted, 0.99));
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static double At(List<double> sorted, double share) => sorted[(int)Math.Ceiling((sorted.Count * share) - 1)];
}
