using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace BfProxy.Tests.Telemetry.Otlp;

/// <summary>A collector that takes OTLP over http/protobuf or gRPC and keeps what it gets.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const int GrpcPrefix = 5;

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReadOnlyMemory<byte>> _bodies = new();
    private readonly ConcurrentQueue<OtlpSpan> _spans = new();
    private readonly ConcurrentQueue<OtlpPoint> _points = new();
    private readonly ConcurrentQueue<OtlpLog> _logs = new();
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _resources = new(StringComparer.Ordinal);

    private OtlpReceiver(HttpProtocols protocols)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = protocols));
        _app = builder.Build();
        MapSignal("traces", "trace.v1.TraceService", KeepSpans);
        MapSignal("metrics", "metrics.v1.MetricsService", KeepPoints);
        MapSignal("logs", "logs.v1.LogsService", KeepLogs);
    }

    public string Address => _app.Urls.First();

    public IReadOnlyCollection<OtlpSpan> Spans => _spans;

    public IReadOnlyCollection<OtlpPoint> Points => _points;

    public IReadOnlyCollection<OtlpLog> Logs => _logs;

    /// <summary>The resource's attributes, by signal.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Resources => _resources;

    public static async Task<OtlpReceiver> StartAsync(HttpProtocols protocols = HttpProtocols.Http1)
    {
        var receiver = new OtlpReceiver(protocols);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Whether the text is anywhere in what came.</summary>
    public bool Contains(string text) => _bodies.Any(body => body.Span.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private void MapSignal(string signal, string service, Action<string, ProtoMessage> keep)
    {
        _app.MapPost($"/v1/{signal}", async context =>
        {
            await TakeAsync(context, signal, prefix: 0, keep);
            context.Response.ContentType = "application/x-protobuf";
        });
        _app.MapPost($"/opentelemetry.proto.collector.{service}/Export", async context =>
        {
            await TakeAsync(context, signal, GrpcPrefix, keep);
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[GrpcPrefix]);
            context.Response.AppendTrailer("grpc-status", "0");
        });
    }

    private async Task TakeAsync(HttpContext context, string signal, int prefix, Action<string, ProtoMessage> keep)
    {
        using var body = new MemoryStream();
        await using var source = context.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        await source.CopyToAsync(body);
        var bytes = body.ToArray().AsMemory(prefix);
        _bodies.Enqueue(bytes);
        foreach (var resource in new ProtoMessage(bytes).Messages(1))
        {
            _resources[signal] = resource.Message(1).Attributes(1);
            foreach (var scope in resource.Messages(2))
            {
                keep(scope.Message(1).Text(1), scope);
            }
        }
    }

    private void KeepSpans(string scope, ProtoMessage spans)
    {
        foreach (var span in spans.Messages(2))
        {
            _spans.Enqueue(OtlpSpan.Read(scope, span));
        }
    }

    private void KeepPoints(string scope, ProtoMessage metrics)
    {
        foreach (var point in metrics.Messages(2).SelectMany(metric => OtlpPoint.Read(scope, metric)))
        {
            _points.Enqueue(point);
        }
    }

    private void KeepLogs(string scope, ProtoMessage logs)
    {
        foreach (var log in logs.Messages(2))
        {
            _logs.Enqueue(OtlpLog.Read(scope, log));
        }
    }
}
