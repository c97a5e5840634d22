using System.Globalization;

namespace LoadTest.Measuring;

/// <summary>A soak: its samples, and whether memory stayed level.</summary>
internal sealed class SoakResult(IReadOnlyList<SoakSample> samples, IReadOnlyList<string> failures)
{
    /// <summary>Memory may fill up first: histories, pools, compiled code.</summary>
    private const double Filling = 0.5;

    private const long Noise = 4 * 1024 * 1024;
    private const double Tolerance = 0.1;

    public IReadOnlyList<string> Failures => failures;

    public bool IsLevel => Math.Abs(Growth) <= Math.Max(Noise, samples[^1].Live * Tolerance);

    public bool IsGood => failures.Count == 0 && IsLevel;

    /// <summary>Bytes by which the live heap grew over the second half, by the line that fits its samples best.</summary>
    public double Growth
    {
        get
        {
            var late = samples.Skip((int)(samples.Count * Filling)).ToList();
            var (meanAt, meanLive) = (late.Average(static one => one.At.TotalMinutes), late.Average(static one => one.Live));
            var spread = late.Sum(one => Math.Pow(one.At.TotalMinutes - meanAt, 2));
            var slope = spread == 0 ? 0 : late.Sum(one => (one.At.TotalMinutes - meanAt) * (one.Live - meanLive)) / spread;
            return slope * (late[^1].At - late[0].At).TotalMinutes;
        }
    }

    public void Print(TextWriter output)
    {
        output.WriteLine("| minute | live heap MB | resident MB | streams so far | deltas so far |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (var one in samples)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {one.At.TotalMinutes:F1} | {Megabytes(one.Live):F1} | {Megabytes(one.Resident):F0} | {one.Streams} | {one.Delivered} |"));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"live heap over the second half: {Megabytes(Growth):+0.0;-0.0} MB, {(IsLevel ? "level" : "NOT LEVEL")}"));
    }

    private static double Megabytes(double bytes) => bytes / (1024 * 1024);
}
