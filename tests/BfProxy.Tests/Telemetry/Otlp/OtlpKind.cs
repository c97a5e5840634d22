namespace BfProxy.Tests.Telemetry.Otlp;

/// <summary>What kind of metric it is; Prometheus names them differently.</summary>
internal enum OtlpKind
{
    Gauge,
    UpDown,
    Counter,
    Histogram,
}
