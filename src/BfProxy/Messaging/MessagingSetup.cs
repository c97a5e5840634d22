namespace BfProxy.Messaging;

internal static class MessagingSetup
{
    /// <summary>Needs a <see cref="VisitorFinder"/>, a <see cref="StreamStopper"/> and the channels.</summary>
    public static IServiceCollection AddMessaging(this IServiceCollection services) => services.AddSingleton<MessagingEndpoint>();

    /// <summary>For every method: an HTTP/2 WebSocket comes as CONNECT.</summary>
    public static IEndpointConventionBuilder MapMessaging(this IEndpointRouteBuilder endpoints)
    {
        var endpoint = endpoints.ServiceProvider.GetRequiredService<MessagingEndpoint>();
        return endpoints.Map("/message/connect", endpoint.ConnectAsync);
    }
}
