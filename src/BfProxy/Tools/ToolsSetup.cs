using BfProxy.Configuration;

namespace BfProxy.Tools;

internal static class ToolsSetup
{
    public static IServiceCollection AddTools(this IServiceCollection services) =>
        services
            .AddSettings(static (configuration, faults) => SettingsBinder.Bind(configuration.GetSection(ToolsOptions.Section), faults, new ToolsOptionsValidator()))
            .AddSingleton<PendingCalls>()
            .AddSingleton<RunDirectory>()
            .AddSingleton<ToolRunner>();
}
