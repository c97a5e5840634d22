using BfProxy.Assistants;
using BfProxy.Backplane;
using BfProxy.Channels;
using BfProxy.Channels.Sockets;
using BfProxy.Chat;
using BfProxy.Configuration;
using BfProxy.Demo;
using BfProxy.Forwarding;
using BfProxy.Hooks;
using BfProxy.Limits;
using BfProxy.LlmQuery;
using BfProxy.Messaging;
using BfProxy.Operations;
using BfProxy.Playground;
using BfProxy.Routing;
using BfProxy.Security;
using BfProxy.Sessions;
using BfProxy.Telemetry;
using BfProxy.Tools;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BfProxy;

/// <summary>The roof: the only file that knows every room.</summary>
internal static class Program
{
    private const int BadConfiguration = 78;
    private const int CannotListen = 69;

    public static async Task<int> Main(string[] args)
    {
        if (args is [HealthCommand.Name, .. var asked])
        {
            return await HealthCommand.RunAsync(asked);
        }

        if (args is [HashKeyCommand.Name, .. var given])
        {
            return await HashKeyCommand.RunAsync(given, Console.In, Console.Out, Console.Error);
        }

        if (Usage.ExitCodeOf(args) is { } code)
        {
            await (code == 0 ? Console.Out : Console.Error).WriteLineAsync(Usage.Text);
            return code;
        }

        try
        {
            await using var app = await BuildAsync(args);
            await app.RunAsync();
            return 0;
        }
        catch (ConfigurationFaultException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return BadConfiguration;
        }
        catch (Exception exception) when (ListenFault.Find(exception) is { } fault)
        {
            await Console.Error.WriteLineAsync(fault);
            return CannotListen;
        }
    }

    /// <summary>The whole application, ready to start. Tests change what they must with <paramref name="customize"/>.</summary>
    public static async Task<WebApplication> BuildAsync(string[] args, Action<WebApplicationBuilder>? customize = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Configuration.UseBfProxyFiles(builder.Environment);
        builder.UseDefaultUrl();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.UseSocketOutput();
            kestrel.ConfigureHttpsDefaults(static https => https.SslProtocols = TlsVersions.Accepted);
        });
        customize?.Invoke(builder);
        await builder.AddDemoAsync(TimeProvider.System, CancellationToken.None);
        builder.Logging.LeaveStartFaultsToUs();
        builder.Logging.LeaveLevelFaultsToUs(builder.Configuration);
        builder.AddTelemetry();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSettingsReload();
        builder.Services.AddSecurity();
        builder.Services.AddProviderRouting().TapProviderResponses();
        builder.Services.AddBackplane(builder.Configuration);
        builder.Services.AddLimits();
        builder.Services.AddHooks();
        builder.Services.AddMessaging();
        builder.Services.AddChannels();
        builder.Services.AddForwarding();
        builder.Services.AddTools();
        builder.Services.AddChat();
        builder.Services.AddLlmQuery();
        builder.Services.AddSessions();
        builder.Services.AddAssistants();

        var app = builder.Build();
        var settings = app.Services.GetRequiredService<SettingsReload>();
        settings.Read().ThrowIfAny();
        settings.Watch();
        app.Services.WarnWithoutApps();

        app.UseRequestSpans();
        app.UseBfRefusals();
        app.UseBfRouting();
        app.UseWebSockets();
        MapSurfaces(app, app.Services.GetRequiredService<Settings<SurfacesOptions>>().Current);
        app.MapProviderRouting();
        return app;
    }

    private static void MapSurfaces(WebApplication app, SurfacesOptions surfaces)
    {
        if (surfaces.Streaming)
        {
            app.MapChat();
            app.MapAssistants();
        }

        if (surfaces.LlmQuery)
        {
            app.MapLlmQuery();
        }

        if (surfaces.Messaging)
        {
            app.MapMessaging();
        }

        if (surfaces.Typebot)
        {
            app.MapSessions();
        }

        if (surfaces.Playground)
        {
            app.MapPlayground(OperatorRoutes.ServeRoot(app.Services) ? "/bfproxy/" : "/", PlaygroundSource.Read);
        }

        if (surfaces.Operations)
        {
            app.MapOperations();
        }
    }
}
