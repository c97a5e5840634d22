using BfProxy.Channels;
using BfProxy.Tests.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BfProxy.Tests.Messaging;

/// <summary>The real application on a free port, with manual time.</summary>
internal sealed class MessagingHost : IAsyncDisposable
{
    private static readonly Dictionary<string, string?> Settings = new(StringComparer.Ordinal)
    {
        ["ReverseProxy:Clusters:demo:Destinations:primary:Address"] = "http://127.0.0.1:1/",
        ["BfProxy:DrainTimeout"] = "00:00:00",
        ["BfProxy:Apps:demo:AnonymousChannels:0"] = "chat*",
        ["BfProxy:Apps:demo:AnonymousChannels:1"] = "a",
        ["BfProxy:Apps:demo:AnonymousChannels:2"] = "b",
        ["BfProxy:Apps:demo:AnonymousChannels:3"] = "*-room",
    };

    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private readonly RecordingLoggerProvider _logs;
    private readonly WebApplication _app;

    private MessagingHost(WebApplication app, RecordingLoggerProvider logs) => (_app, _logs) = (app, logs);

    public ManualTimeProvider Time => (ManualTimeProvider)_app.Services.GetRequiredService<TimeProvider>();

    public ChannelHub Hub => _app.Services.GetRequiredService<ChannelHub>();

    public Uri Address { get; private set; } = new("http://localhost");

    public static async Task<MessagingHost> StartAsync(string[]? args = null, HttpProtocols protocols = HttpProtocols.Http1, Action<IServiceCollection>? services = null)
    {
        Disclosures.Watch();
        var logs = new RecordingLoggerProvider();
        var app = await Program.BuildAsync(["--environment", "Production", "--Kestrel:EndpointDefaults:Protocols", protocols.ToString(), .. args ?? []], builder =>
        {
            builder.Configuration.AddInMemoryCollection(Settings);
            builder.Configuration.AddCommandLine(args ?? []);
            builder.Logging.ClearProviders().AddProvider(logs);
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddSingleton<TimeProvider>(new ManualTimeProvider());
            services?.Invoke(builder.Services);
        });
        await app.StartAsync(CancellationToken.None);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new MessagingHost(app, logs) { Address = new Uri(address) };
    }

    public Task<MessagingClient> ConnectAsync() => MessagingClient.ConnectAsync(Address);

    /// <summary>Stops as a signal would: what waits for a back end has gone out by then.</summary>
    /// <summary>
    /// Waits until the connections have sent all that they had and sleep: a page may have its frame before the one who sent it goes on. One that is woken
    /// where it sleeps finds nothing, on this thread, and sleeps again.
    /// </summary>
    public void Settle() => Assert.All(Hub.Connections.All(), static connection => Assert.True(SpinWait.SpinUntil(connection.Wake, LongEnough)));

    /// <summary>Waits until so many connections are left: a page has its close before it is forgotten.</summary>
    public void WaitForConnections(int count) => Assert.True(SpinWait.SpinUntil(() => Hub.Connections.Count == count, LongEnough));

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        var secrets = Disclosures.SecretsOf(_app.Configuration, []);
        await _app.DisposeAsync();
        Disclosures.AssertNone(secrets, _logs.Text);
        Disclosures.AssertNoneInRun(secrets, _logs.Text);
    }
}
