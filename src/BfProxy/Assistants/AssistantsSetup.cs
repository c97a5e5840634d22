using BfProxy.Configuration;
using BfProxy.Security;

namespace BfProxy.Assistants;

internal static class AssistantsSetup
{
    public static IServiceCollection AddAssistants(this IServiceCollection services) =>
        services
            .AddSettings(AssistantCatalogReader.Read)
            .AddSettings(static (configuration, faults) => SettingsBinder.Bind(configuration.GetSection(ThreadsOptions.Section), faults, new ThreadsOptionsValidator()))
            .AddSingleton<ThreadLeases>()
            .AddSingleton<OwnThreads>()
            .AddSingleton<ProviderThreads>()
            .AddSingleton<AssistantRuns>()
            .AddSingleton<AssistantHandler>()
            .AddSingleton<AssistantStopHandler>();

    public static void MapAssistants(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapBfPost("/stream/create/assistants", static (context, services) => services.GetRequiredService<AssistantHandler>().HandleAsync(context));
        endpoints.MapBfPost("/stream/create/assistants/stop", static (context, services) => services.GetRequiredService<AssistantStopHandler>().HandleAsync(context));
    }
}
