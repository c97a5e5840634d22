namespace BfProxy.Telemetry;

internal static class OtlpSignalsReader
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";
    private const string Suffix = "ENDPOINT";

    public static OtlpSignals Read(IConfiguration configuration)
    {
        if (string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase))
        {
            return OtlpSignals.None;
        }

        var all = IsSet(Prefix + Suffix);
        return new OtlpSignals(all || IsSet(Prefix + "TRACES_" + Suffix), all || IsSet(Prefix + "METRICS_" + Suffix), all || IsSet(Prefix + "LOGS_" + Suffix));

        bool IsSet(string name) => !string.IsNullOrEmpty(configuration[name]);
    }
}
