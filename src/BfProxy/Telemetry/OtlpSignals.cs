namespace BfProxy.Telemetry;

/// <summary>Which signals are exported: those for which OpenTelemetry's own settings name an endpoint.</summary>
internal sealed record OtlpSignals(bool Traces, bool Metrics, bool Logs)
{
    public static OtlpSignals None { get; } = new(Traces: false, Metrics: false, Logs: false);

    public bool Any => this != None;
}
