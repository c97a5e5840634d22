using BfProxy.Security;

namespace BfProxy.LlmQuery;

internal static class LlmQuerySetup
{
    public static IServiceCollection AddLlmQuery(this IServiceCollection services) => services.AddSingleton<StopHandler>();

    public static void MapLlmQuery(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapBfPost("/llm/query/stop", static (context, services) => services.GetRequiredService<StopHandler>().HandleAsync(context));
}
