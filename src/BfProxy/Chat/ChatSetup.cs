using BfProxy.Security;

namespace BfProxy.Chat;

internal static class ChatSetup
{
    public static IServiceCollection AddChat(this IServiceCollection services) => services.AddSingleton<StreamCreateHandler>();

    public static void MapChat(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapBfPost("/stream/create", static (context, services) => services.GetRequiredService<StreamCreateHandler>().HandleAsync(context));
}
