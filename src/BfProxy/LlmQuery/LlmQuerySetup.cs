using BfProxy.Security;

namespace BfProxy.LlmQuery;

internal static class LlmQuerySetup
{
    public static IServiceCollection AddLlmQuery(this IServiceCollection services) =>
        services.AddSingleton<QueryHandler>().AddSingleton<StopHandler>().AddSingleton<ToolResponseHandler>();

    public static void MapLlmQuery(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapBfPost("/llm/query", static (context, services) => services.GetRequiredService<QueryHandler>().HandleAsync(context));
        endpoints.MapBfPost("/llm/query/stop", static (context, services) => services.GetRequiredService<StopHandler>().HandleAsync(context));
        endpoints.MapBfPost("/llm/tool-response", static (context, services) => services.GetRequiredService<ToolResponseHandler>().HandleAsync(context));
    }
}
