using System.Numerics;

namespace LoadTest.Client;

/// <summary>Counts durations in buckets of 1 % width. Written by one thread.</summary>
internal sealed class LatencyHistogram
{
    private const int FractionBits = 7;
    private const int Fractions = 1 << FractionBits;

    private readonly long[] _buckets = new long[(64 - FractionBits) * Fractions];
    private long _max;

    public long Count { get; private set; }

    public void Record(long nanoseconds)
    {
        nanoseconds = Math.Max(nanoseconds, 0);
        _buckets[BucketOf(nanoseconds)]++;
        _max = Math.Max(_max, nanoseconds);
        Count++;
    }

    /// <summary>The duration below which this share of all lies, in milliseconds.</summary>
    public double Quantile(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        var seen = 0L;
        for (var bucket = 0; bucket < _buckets.Length && wanted > 0; bucket++)
        {
            seen += _buckets[bucket];
            if (seen >= wanted)
            {
                return Math.Min(UpperBoundOf(bucket), _max) / 1e6;
            }
        }

        return _max / 1e6;
    }

    private static int BucketOf(long value)
    {
        var exponent = Math.Max(0, 63 - BitOperations.LeadingZeroCount((ulong)value) - FractionBits);
        return (exponent * Fractions) + (int)(value >> exponent);
    }

    private static long UpperBoundOf(int bucket)
    {
        var exponent = Math.Max(0, (bucket / Fractions) - 1);
        return (bucket - (exponent * (long)Fractions) + 1) << exponent;
    }
}
