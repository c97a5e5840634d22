using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BfProxy.Telemetry;

/// <summary>What calls to back ends come to, on meter <c>BfProxy</c>.</summary>
internal sealed class HookMetrics : IDisposable
{
    private static readonly double[] Bounds = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60];

    private readonly Meter _meter = new(StreamMetrics.Name);
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _dropped;

    public HookMetrics()
    {
        _duration = _meter.CreateHistogram("bfproxy.hook.duration", "s", "Time of a call to a back end, with its wait and its retries", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds });
        _dropped = _meter.CreateCounter<long>("bfproxy.hook.dropped", "{message}", "Messages that a back end never got, because too many waited");
    }

    /// <summary>A call is over.</summary>
    /// <param name="kind">Which hook.</param>
    /// <param name="elapsed">From the call to its result.</param>
    /// <param name="failure">The failure's name, or null.</param>
    public void Called(string kind, TimeSpan elapsed, string? failure)
    {
        var tags = new TagList { { "bfproxy.hook.kind", kind } };
        if (failure is not null)
        {
            tags.Add("error.type", failure);
        }

        _duration.Record(elapsed.TotalSeconds, tags);
    }

    public void Dropped(int messages) => _dropped.Add(messages);

    public void Dispose() => _meter.Dispose();
}
