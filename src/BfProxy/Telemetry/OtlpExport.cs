using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace BfProxy.Telemetry;

/// <summary>Sends traces and metrics over OTLP while the process runs. Its settings are OpenTelemetry's own, from the environment or the command line.</summary>
/// <param name="signals">What is exported.</param>
/// <param name="prepare">Gives the SDK the process's configuration; by itself it would read environment variables only.</param>
internal sealed class OtlpExport(OtlpSignals signals, Action<IServiceCollection> prepare) : IHostedService, IDisposable
{
    public static readonly string[] Meters = [StreamMetrics.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime"];

    private static readonly string[] Sources = [StreamMetrics.Name, "Microsoft.AspNetCore", "System.Net.Http", "Yarp.ReverseProxy"];

    private OpenTelemetrySdk? _sdk;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _sdk = OpenTelemetrySdk.Create(builder =>
        {
            prepare(builder.Services);
            builder.ConfigureResource(ServiceIdentity.Describe);
            if (signals.Traces)
            {
                builder.WithTracing(static tracing => tracing.AddSource(Sources).AddProcessor(new PathlessSpans()).AddOtlpExporter());
            }

            if (signals.Metrics)
            {
                builder.WithMetrics(static metrics => metrics.AddMeter(Meters).AddOtlpExporter());
            }
        });
        return Task.CompletedTask;
    }

    /// <summary>Sends what is still held; a collector that is away does not hold up the stop for ever.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(Dispose, CancellationToken.None).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // What it did not take in time is lost.
        }
    }

    public void Dispose() => Interlocked.Exchange(ref _sdk, value: null)?.Dispose();
}
