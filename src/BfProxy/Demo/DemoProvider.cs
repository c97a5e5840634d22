using System.Net;
using System.Security.Cryptography;

namespace BfProxy.Demo;

/// <summary>
/// A stand-in for a model: a web application of its own on a free loopback port, speaking OpenAI's wire format.
/// It is running once constructed, since its address belongs into configuration, and stops after everything else has.
/// </summary>
internal sealed class DemoProvider : IHostedLifecycleService
{
    private const string HookPath = "/hooks/tools";
    private const int SecretDigits = 64;
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;

    private DemoProvider(WebApplication app, string hookSecret)
    {
        _app = app;
        Address = new Uri(app.Urls.Single());
        HookSecret = hookSecret;
    }

    public Uri Address { get; }

    /// <summary>Where tools of the demo app's back end are called.</summary>
    public Uri HookAddress => new(Address, HookPath);

    /// <summary>Signs those calls; another at each start.</summary>
    public string HookSecret { get; }

    public static async Task<DemoProvider> StartAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        // An empty builder reads no configuration: the main application's URLs and Kestrel settings are not this one's.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);

        var app = builder.Build();
        var secret = "whsec_" + RandomNumberGenerator.GetHexString(SecretDigits, lowercase: true);
        app.Map(HookPath, hook => hook.Run(new DemoToolHook(time, secret).HandleAsync));
        app.Run(new DemoHandler(time).HandleAsync);
        await app.StartAsync(cancellationToken);

        return new DemoProvider(app, secret);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _app.StopAsync(cancellationToken);
        await _app.DisposeAsync();
    }
}
