using System.Net;

namespace BfProxy.Demo;

/// <summary>
/// A stand-in for a model: a web application of its own on a free loopback port, speaking OpenAI's wire format.
/// It is running once constructed, since its address belongs into configuration, and stops after everything else has.
/// </summary>
internal sealed class DemoProvider : IHostedLifecycleService
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;

    private DemoProvider(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<DemoProvider> StartAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        // An empty builder reads no configuration: the main application's URLs and Kestrel settings are not this one's.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);

        var app = builder.Build();
        app.Run(new DemoHandler(time).HandleAsync);
        await app.StartAsync(cancellationToken);

        return new DemoProvider(app, new Uri(app.Urls.Single()));
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
