namespace BfProxy.Configuration;

/// <summary>Where OpenTelemetry's own settings send telemetry. Its exporter takes an address that is none for its default, without a word.</summary>
internal static class ExportAddresses
{
    private static readonly string[] Keys =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"];

    public static void Check(IConfiguration configuration, Faults faults)
    {
        foreach (var key in Keys)
        {
            if (configuration[key] is { Length: > 0 } address && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)))
            {
                faults.Add(key, "an http or https address was expected, such as http://collector:4317");
            }
        }
    }
}
