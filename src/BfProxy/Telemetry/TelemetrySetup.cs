using OpenTelemetry.Logs;
using OpenTelemetry.Resources;

namespace BfProxy.Telemetry;

internal static class TelemetrySetup
{
    /// <summary>Metrics and traces always exist and cost nothing until somebody listens; they are exported where an OTLP endpoint is named.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StreamMetrics>();
        var signals = OtlpSignals.Read(builder.Configuration);
        if (signals.Any)
        {
            builder.Services.AddSingleton(signals).AddHostedService<OtlpExport>();
        }

        if (signals.Logs)
        {
            builder.Logging.AddOpenTelemetry(static logs =>
            {
                var resource = ResourceBuilder.CreateEmpty();
                ServiceIdentity.Describe(resource);
                logs.SetResourceBuilder(resource).AddOtlpExporter();
                logs.IncludeFormattedMessage = true;
            });
        }
    }
}
