namespace BfProxy.Tests.Telemetry.Otlp;

/// <summary>One data point of a metric: the value of a sum or gauge, or the count of a histogram.</summary>
internal sealed record OtlpPoint(string Scope, string Metric, string Unit, OtlpKind Kind, IReadOnlyDictionary<string, string> Attributes, double Value)
{
    private static readonly (int Field, OtlpKind Kind)[] Kinds = [(5, OtlpKind.Gauge), (7, OtlpKind.UpDown), (9, OtlpKind.Histogram)];

    public static IEnumerable<OtlpPoint> Read(string scope, ProtoMessage metric)
    {
        var (field, kind) = Kinds.Single(candidate => metric.Has(candidate.Field));
        var data = metric.Message(field);
        kind = kind == OtlpKind.UpDown && data.Number(3) == 1 ? OtlpKind.Counter : kind;
        var histogram = kind == OtlpKind.Histogram;
        return data.Messages(1).Select(point => new OtlpPoint(
            scope, metric.Text(1), metric.Text(3), kind, point.Attributes(histogram ? 9 : 7), histogram || point.Has(6) ? point.Number(histogram ? 4 : 6) : point.Double(4)));
    }
}
