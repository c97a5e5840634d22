using BfProxy.Configuration;
using BfProxy.Security;
using BfProxy.Transforms.Contract;
using Microsoft.AspNetCore.Routing.Patterns;

namespace BfProxy.Sessions;

internal static class SessionsSetup
{
    private const string StartChat = "/api/v1/typebots/{publicId}/startChat";
    private const string ContinueChat = "/api/v1/sessions/{sessionId}/continueChat";
    private const string StreamMessage = "/api/v2/sessions/{sessionId}/streamMessage";

    private static readonly string[] ClientLogs = ["/api/v1/sessions/{sessionId}/clientLogs", "/api/v2/sessions/{sessionId}/clientLogs"];

    /// <summary>Parts of Typebot's contract that are not offered, and what to do instead.</summary>
    private static readonly (string Path, string Message)[] NotOffered =
    [
        ("/api/v1/sessions/{sessionId}/streamMessage", "Streams are read at /api/v2/sessions/{sessionId}/streamMessage."),
        ("/api/v1/sendMessage", "sendMessage is not offered: use startChat and continueChat."),
        ("/api/v2/sendMessage", "sendMessage is not offered: use startChat and continueChat."),
        ("/api/v1/typebots/{publicId}/preview/startChat", "Previews are not offered: use startChat."),
    ];

    public static IServiceCollection AddSessions(this IServiceCollection services) =>
        services
            .AddSettings(BotCatalogReader.Read)
            .AddSingleton<SessionStore>()
            .AddSingleton<SessionIntake>()
            .AddSingleton<BotCalls>()
            .AddSingleton<RelayedAnswers>()
            .AddSingleton<RunningAnswers>()
            .AddHostedService<AnswerRelays>()
            .AddSingleton<SessionSteps>()
            .AddSingleton<StartLimit>()
            .AddSingleton<StartChatHandler>()
            .AddSingleton<ContinueChatHandler>()
            .AddSingleton<StreamMessageHandler>()
            .AddSingleton<ClientLogsHandler>();

    public static void MapSessions(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var ours = new Dictionary<string, object?>(StringComparer.Ordinal) { [BotRoute.Key] = new BotRoute(services.GetRequiredService<Settings<BotCatalog>>()), [SessionId.Key] = new SessionId() };
        endpoints.MapPost(StartChat, ours, services.GetRequiredService<StartChatHandler>().HandleAsync);
        endpoints.MapPost(ContinueChat, ours, services.GetRequiredService<ContinueChatHandler>().HandleAsync);
        endpoints.MapPost(StreamMessage, ours, services.GetRequiredService<StreamMessageHandler>().HandleAsync);
        foreach (var path in ClientLogs)
        {
            endpoints.MapPost(path, ours, services.GetRequiredService<ClientLogsHandler>().HandleAsync);
        }

        endpoints.MapStrangers();
    }

    /// <summary>Bots and sessions that are not ours belong to an operator's route; where there is none, the widget still gets an answer that it can show.</summary>
    private static void MapStrangers(this IEndpointRouteBuilder endpoints)
    {
        (string Path, BfError Error)[] strangers =
        [
            (StartChat, SessionRefusal.NoBot()),
            .. new[] { ContinueChat, StreamMessage }.Concat(ClientLogs).Select(static path => (path, SessionRefusal.NoSession())),
            .. NotOffered.Select(static part => (part.Path, SessionRefusal.Of(StatusCodes.Status404NotFound, part.Message))),
        ];
        foreach (var (path, error) in strangers)
        {
            endpoints.MapPost(path, [], context => SessionRefusal.WriteAsync(context, error)).WithOrder(int.MaxValue);
        }
    }

    private static IEndpointConventionBuilder MapPost(this IEndpointRouteBuilder endpoints, string path, Dictionary<string, object?> constraints, Func<HttpContext, Task> handle)
    {
        var pattern = RoutePatternFactory.Parse(path);
        var own = new RouteValueDictionary(constraints.Where(constraint => pattern.GetParameter(constraint.Key) is not null));
        return endpoints.Map(RoutePatternFactory.Parse(path, defaults: null, parameterPolicies: own), context =>
        {
            if (HttpMethods.IsPost(context.Request.Method))
            {
                return handle(context);
            }

            context.Response.Headers.Allow = HttpMethods.Post;
            return SessionRefusal.WriteAsync(context, SessionRefusal.Of(StatusCodes.Status405MethodNotAllowed, "This path is called with POST."));
        }).WithMetadata(CrossOrigin.Any);
    }
}
