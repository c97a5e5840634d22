using System.Diagnostics.Metrics;

namespace BfProxy.Tests.Telemetry;

/// <summary>An instrument as Prometheus names it, by OpenTelemetry's rules, and the labels that its measurements had.</summary>
internal sealed record PublishedMetric(string Name, bool IsHistogram, HashSet<string> Labels)
{
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal) { ["s"] = "_seconds", ["By"] = "_bytes" };

    /// <summary>The names of its series.</summary>
    public IEnumerable<string> Series => IsHistogram ? [Name + "_bucket", Name + "_sum", Name + "_count"] : [Name];

    public static PublishedMetric Of(Instrument instrument)
    {
        var kind = instrument.GetType().GetGenericTypeDefinition();
        var total = kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? "_total" : "";
        return new PublishedMetric(Label(instrument.Name) + Units.GetValueOrDefault(instrument.Unit ?? "", "") + total, kind == typeof(Histogram<>), new(StringComparer.Ordinal));
    }

    public static string Label(string attribute) => attribute.Replace('.', '_');
}
