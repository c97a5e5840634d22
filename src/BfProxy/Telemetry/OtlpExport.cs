using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace BfProxy.Telemetry;

/// <summary>Sends traces and metrics over OTLP while the process runs. Its settings are OpenTelemetry's own environment variables.</summary>
internal sealed class OtlpExport : IHostedService, IDisposable
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private OpenTelemetrySdk? _sdk;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _sdk = OpenTelemetrySdk.Create(static builder => builder
            .WithTracing(static tracing => tracing
                .AddSource(StreamMetrics.Name, "Microsoft.AspNetCore", "System.Net.Http", "Yarp.ReverseProxy")
                .AddOtlpExporter())
            .WithMetrics(static metrics => metrics
                .AddMeter(StreamMetrics.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime")
                .AddOtlpExporter()));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _sdk?.Dispose();
        _sdk = null;
    }
}
