using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BfProxy.Telemetry;

/// <summary>What the delivery to BetterForms' own messaging comes to, on meter <c>BfProxy</c>.</summary>
internal sealed class PortalMetrics : IDisposable
{
    private static readonly double[] Bounds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

    private readonly Meter _meter = new(StreamMetrics.Name);
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _failures;

    public PortalMetrics()
    {
        _duration = _meter.CreateHistogram("bfproxy.portal.duration", "s", "Time of a request that hands an event to BetterForms", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds });
        _failures = _meter.CreateCounter<long>("bfproxy.portal.failures", "{event}", "Events that were not handed to BetterForms, or perhaps not");
    }

    public void Sent(TimeSpan elapsed) => _duration.Record(elapsed.TotalSeconds);

    public void Failed(string failure) => _failures.Add(1, new TagList { { "error.type", failure } });

    public void Dispose() => _meter.Dispose();
}
