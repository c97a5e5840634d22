namespace BfProxy.Telemetry;

/// <summary>Which signals are exported: those for which OpenTelemetry's own settings name an endpoint.</summary>
internal sealed record OtlpSignals(bool Traces, bool Metrics, bool Logs)
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";
    private const string Suffix = "ENDPOINT";

    public bool Any => Traces || Metrics || Logs;

    public static OtlpSignals Read(IConfiguration configuration)
    {
        if (string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase))
        {
            return new(Traces: false, Metrics: false, Logs: false);
        }

        var all = IsSet(Prefix + Suffix);
        return new(all || IsSet(Prefix + "TRACES_" + Suffix), all || IsSet(Prefix + "METRICS_" + Suffix), all || IsSet(Prefix + "LOGS_" + Suffix));

        bool IsSet(string name) => !string.IsNullOrEmpty(configuration[name]);
    }
}
