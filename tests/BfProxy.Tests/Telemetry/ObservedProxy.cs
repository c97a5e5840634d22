using BfProxy.Tests.Host;
using BfProxy.Tests.Telemetry.Otlp;
using FakeProvider;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BfProxy.Tests.Telemetry;

/// <summary>The application as a process that exports to a collector, with a fake provider behind <c>openai</c>.</summary>
internal sealed class ObservedProxy : IAsyncDisposable
{
    public const string ServerKey = "sk-server-5f0c";

    private ObservedProxy(FakeProviderServer provider, OtlpReceiver collector, ProxyProcess process)
    {
        (Provider, Collector, Process) = (provider, collector, process);
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null }) { BaseAddress = process.Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public FakeProviderServer Provider { get; }

    public OtlpReceiver Collector { get; }

    public ProxyProcess Process { get; }

    public HttpClient Http { get; }

    public static async Task<ObservedProxy> StartAsync(string protocol = "http/protobuf", Dictionary<string, string>? settings = null)
    {
        var provider = await FakeProviderServer.StartAsync();
        var collector = await OtlpReceiver.StartAsync(protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1);
        var process = await ProxyProcess.StartAsync(
            new Dictionary<string, string>(settings ?? [], StringComparer.Ordinal)
            {
                ["ReverseProxy:Clusters:openai:Destinations:primary:Address"] = provider.BaseAddress.ToString(),
                ["ReverseProxy:Clusters:gemini:Destinations:primary:Address"] = provider.BaseAddress.ToString(),
                ["BfProxy:Providers:openai:ApiKey"] = ServerKey,
            },
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
                ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=tests",
            });
        return new ObservedProxy(provider, collector, process);
    }

    /// <summary>Stops the application, which sends all that it still holds.</summary>
    public async Task StopAsync()
    {
        if (!Process.HasExited)
        {
            await Process.TerminateAsync();
        }

        Assert.Equal(0, await Process.ExitAsync());
    }

    public Task<HttpResponseMessage> ChatAsync(string payload) =>
        Http.PostAsync("stream/create", new StringContent(ProxyHost.Envelope(payload)));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Process.DisposeAsync();
        await Collector.DisposeAsync();
        await Provider.DisposeAsync();
    }
}
