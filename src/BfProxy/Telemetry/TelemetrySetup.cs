using OpenTelemetry.Logs;
using OpenTelemetry.Resources;

namespace BfProxy.Telemetry;

internal static class TelemetrySetup
{
    /// <summary>Metrics and traces always exist and cost nothing until somebody listens; they are exported where an OTLP endpoint is named.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StreamMetrics>().AddSingleton<ChannelMetrics>();
        var signals = OtlpSignalsReader.Read(builder.Configuration);
        if (signals.Any)
        {
            builder.Services.AddSingleton(signals).AddHostedService(static services =>
            {
                var configuration = services.GetRequiredService<IConfiguration>();
                return new OtlpExport(services.GetRequiredService<OtlpSignals>(), sdk => sdk.AddSingleton(configuration));
            });
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

    /// <summary>Names the spans of requests; nothing where traces are not exported.</summary>
    public static void UseRequestSpans(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetService<OtlpSignals>() is { Traces: true })
        {
            app.UseMiddleware<RequestSpanMiddleware>();
        }
    }
}
