using System.Text;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Routing;
using FakeProvider;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy;

namespace BfProxy.Tests.Host;

/// <summary>The real application on a free port, with a fake provider behind <c>openai</c>, <c>gemini</c> and <c>anthropic</c>. Disposing it fails on an Error log that the test did not expect, and on a key or prompt in a log, a trace, a metric or an error.</summary>
internal sealed class ProxyHost : IAsyncDisposable
{
    public const string AppKey = "BFAPI_test";

    /// <summary>What a user asks where a test does not care; long enough to be looked for.</summary>
    public const string Prompt = "hi, this is nobody else's business";

    private readonly RecordingLoggerProvider _logs;
    private readonly ErrorBodies _errors;
    private bool _stopped;

    private ProxyHost(WebApplication app, FakeProviderServer provider, RecordingLoggerProvider logs)
    {
        App = app;
        Provider = provider;
        _logs = logs;
        Address = new Uri(app.Urls.First().TrimEnd('/') + "/");
        _errors = new ErrorBodies(new SocketsHttpHandler { UseProxy = false });
        Http = new HttpClient(_errors) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public WebApplication App { get; }

    public FakeProviderServer Provider { get; }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => App.Services;

    /// <summary>Everything that was logged, as text.</summary>
    public string Logs => _logs.Text;

    /// <summary>Waits until the words have been logged.</summary>
    public Task LoggedAsync(string words) => _logs.WaitAsync(words);

    /// <summary>Waits until no stream runs: the end of one is seen before all that follows from it is done.</summary>
    public void WaitForStreams() =>
        Assert.True(SpinWait.SpinUntil(() => Services.GetRequiredService<RunningStreams>().Count == 0, TimeSpan.FromSeconds(30)));

    /// <summary>Waits until a cluster's first destination has this address: YARP applies a changed configuration in the background.</summary>
    public void WaitForAddress(string cluster, Uri address) => Assert.True(SpinWait.SpinUntil(
        () => Services.GetRequiredService<IProxyStateLookup>().TryGetCluster(cluster, out var state) && state.Destinations.TryGetValue("primary", out var primary) && new Uri(primary.Model.Config.Address) == address,
        TimeSpan.FromSeconds(30)));

    /// <summary>Waits until a provider that was configured just now can be reached.</summary>
    public void WaitForProvider(string name) => Assert.True(SpinWait.SpinUntil(
        () => Services.GetRequiredService<Settings<ProviderCatalog>>().Current.Find(name) is { } provider && Services.GetRequiredService<ProviderEndpoints>().Find(provider) is not null,
        TimeSpan.FromSeconds(30)));

    /// <summary>Event ids whose Error logs this test brings about on purpose.</summary>
    public HashSet<int> ExpectedErrors => _logs.Expected;

    public static async Task<ProxyHost> StartAsync(Dictionary<string, string?>? settings = null, TimeProvider? time = null, string? contentRoot = null)
    {
        Disclosures.Watch();
        var provider = await FakeProviderServer.StartAsync();
        var logs = new RecordingLoggerProvider();
        IConfiguration? configuration = null;
        string[] root = contentRoot is null ? [] : ["--contentRoot", contentRoot];
        try
        {
            var app = await Program.BuildAsync(["--urls", "http://127.0.0.1:0", "--environment", "Production", .. root], builder =>
            {
                builder.Configuration.AddInMemoryCollection(Defaults(provider.BaseAddress));
                builder.Configuration.AddInMemoryCollection(settings ?? []);
                configuration = builder.Configuration;
                builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
                if (time is not null)
                {
                    builder.Services.AddSingleton(time);
                }
            });
            await app.StartAsync();
            return new ProxyHost(app, provider, logs);
        }
        catch (BfProxy.Configuration.ConfigurationFaultException fault)
        {
            // Its list of faults is output too.
            await provider.DisposeAsync();
            var secrets = Disclosures.SecretsOf(configuration ?? new ConfigurationBuilder().AddInMemoryCollection(settings ?? []).Build(), []);
            Disclosures.AssertNone(secrets, logs.Text, fault.Message);
            Disclosures.AssertNoneInRun(secrets, logs.Text, fault.Message);
            throw;
        }
    }

    /// <summary>POSTs a body as it stands.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string body, CancellationToken cancellationToken = default) =>
        Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), cancellationToken);

    /// <summary>POSTs a chat whose payload has these members.</summary>
    public Task<HttpResponseMessage> ChatAsync(string payload, string channels = """["anonymous"]""", CancellationToken cancellationToken = default) =>
        PostAsync("/stream/create", Envelope(payload, channels), cancellationToken);

    public static string Envelope(string payload, string channels = """["anonymous"]""") =>
        $$$"""{"apiKey":"{{{AppKey}}}","channels":{{{channels}}},"actionName":"act","payload":{"messages":[{"role":"user","content":"{{{Prompt}}}"}],{{{payload}}} } }""";

    public Task<ChannelClient> ConnectAsync() => ChannelClient.ConnectAsync(Address);

    public Task StopAsync()
    {
        _stopped = true;
        return App.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        var secrets = Disclosures.SecretsOf(App.Configuration, Provider.Requests);
        Http.Dispose();
        if (!_stopped)
        {
            await App.StopAsync();
        }

        await App.DisposeAsync();
        await Provider.DisposeAsync();
        _logs.AssertNoUnexpectedErrors();
        Disclosures.AssertNone(secrets, [Logs, .. _errors.Texts]);
        Disclosures.AssertNoneInRun(secrets, [Logs, .. _errors.Texts]);
    }

    private static Dictionary<string, string?> Defaults(Uri provider) => new(StringComparer.Ordinal)
    {
        ["ReverseProxy:Clusters:openai:Destinations:primary:Address"] = provider.ToString(),
        ["ReverseProxy:Clusters:gemini:Destinations:primary:Address"] = provider.ToString(),
        ["ReverseProxy:Clusters:anthropic:Destinations:primary:Address"] = provider.ToString(),
        ["ReverseProxy:Clusters:demo:Destinations:primary:Address"] = provider.ToString(),
        ["BfProxy:Providers:openai:ApiKey"] = "sk-server",
        ["BfProxy:Providers:gemini:ApiKey"] = "AIza-server",
        ["BfProxy:Providers:anthropic:ApiKey"] = "sk-ant-server",
        ["BfProxy:Apps:test:ApiKeys:0"] = AppKey,
        ["BfProxy:Apps:test:AnonymousChannels:0"] = "anonymous",
        ["BfProxy:Apps:test:AnonymousChannels:1"] = "open-*",
        ["BfProxy:DrainTimeout"] = "00:00:00",
    };
}
