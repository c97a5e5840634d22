using BfProxy.Configuration;
using BfProxy.Telemetry;

namespace BfProxy.Hooks;

internal static class HooksSetup
{
    /// <summary>Adds the calls to back ends. To be called before the channels are added: hosted services stop in reverse, and messages come until the sockets are closed.</summary>
    public static IServiceCollection AddHooks(this IServiceCollection services) =>
        services.AddSettings(HookCatalogReader.Read)
            .AddSingleton<HookMetrics>()
            .AddSingleton<HookClient>()
            .AddSingleton<MessageHooks>()
            .AddHostedService(static provider => provider.GetRequiredService<MessageHooks>());
}
