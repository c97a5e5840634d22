using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BfProxy.Telemetry;

/// <summary>Which destinations of providers are not asked because they failed too often, on meter <c>BfProxy</c>.</summary>
internal sealed class BreakerMetrics : IDisposable
{
    private readonly Meter _meter = new(StreamMetrics.Name);
    private readonly Counter<long> _rejected;

    public BreakerMetrics() => _rejected = _meter.CreateCounter<long>("bfproxy.breaker.rejected", "{attempt}", "Attempts that were not made because the breakers of all destinations were open");

    /// <summary>Shows the breakers when somebody looks.</summary>
    /// <param name="states">Provider, destination, and 0 for closed, 1 for a probe under way, 2 for open.</param>
    public void Watch(Func<IEnumerable<(string Provider, string Destination, int State)>> states) => _meter.CreateObservableGauge(
        "bfproxy.breaker.state",
        () => states().Select(static breaker => new Measurement<long>(breaker.State, new TagList { { "bfproxy.provider", breaker.Provider }, { "bfproxy.destination", breaker.Destination } })),
        description: "0 while a destination is asked, 1 while an attempt probes it, 2 while its breaker is open");

    public void Rejected(string provider) => _rejected.Add(1, new KeyValuePair<string, object?>("bfproxy.provider", provider));

    public void Dispose() => _meter.Dispose();
}
