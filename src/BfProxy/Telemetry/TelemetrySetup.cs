using OpenTelemetry.Logs;

namespace BfProxy.Telemetry;

internal static class TelemetrySetup
{
    /// <summary>Metrics and traces always exist and cost nothing until somebody listens; they are exported where an OTLP endpoint is named.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StreamMetrics>();
        if (string.IsNullOrEmpty(builder.Configuration[OtlpExport.EndpointVariable]))
        {
            return;
        }

        builder.Services.AddHostedService<OtlpExport>();
        builder.Logging.AddOpenTelemetry(static logs => logs.AddOtlpExporter());
    }
}
