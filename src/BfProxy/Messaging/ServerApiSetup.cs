using BfProxy.Configuration;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>What is asked for by POST: by an app's server with the app's key, and a page's ticket.</summary>
internal static class ServerApiSetup
{
    public static IServiceCollection AddServerApi(this IServiceCollection services) =>
        services.AddSettings(static (configuration, _) => ReadPresence(configuration))
            .AddSingleton<Presence>()
            .AddSingleton<PresenceHandler>()
            .AddSingleton<SendMessageHandler>()
            .AddSingleton<MembershipHandler>()
            .AddSingleton<TokenHandler>()
            .AddSingleton<TicketHandler>();

    public static void MapServerApi(this IEndpointRouteBuilder endpoints)
    {
        // Also answers other nodes, so it has to be there before the first question.
        endpoints.ServiceProvider.GetRequiredService<Presence>();
        endpoints.MapBfPost("/message/sendmessage", static (context, services) => services.GetRequiredService<SendMessageHandler>().HandleAsync(context));
        endpoints.MapBfPost("/message/adduser", static (context, services) => services.GetRequiredService<MembershipHandler>().AddAsync(context));
        endpoints.MapBfPost("/message/removeuser", static (context, services) => services.GetRequiredService<MembershipHandler>().RemoveAsync(context));
        endpoints.MapBfPost("/message/channels", static (context, services) => services.GetRequiredService<PresenceHandler>().ChannelsAsync(context));
        endpoints.MapBfPost("/message/users", static (context, services) => services.GetRequiredService<PresenceHandler>().UsersAsync(context));
        endpoints.MapBfPost("/message/allusers", static (context, services) => services.GetRequiredService<PresenceHandler>().AllUsersAsync(context));
        endpoints.MapBfPost("/message/token", static (context, services) => services.GetRequiredService<TokenHandler>().HandleAsync(context));
        endpoints.MapBfPost("/message/ticket", static (context, services) => services.GetRequiredService<TicketHandler>().HandleAsync(context));
    }

    /// <summary>Our own key, else the variable that BetterForms' servers are given.</summary>
    private static PresenceOptions ReadPresence(IConfiguration configuration)
    {
        string?[] given = [configuration["BfProxy:DataCenter"], configuration["NOW_DC"]];
        return Array.Find(given, static name => !string.IsNullOrEmpty(name)) is { } center ? new PresenceOptions { DataCenter = center } : new PresenceOptions();
    }
}
