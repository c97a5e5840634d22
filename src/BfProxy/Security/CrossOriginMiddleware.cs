using BfProxy.Configuration;

namespace BfProxy.Security;

/// <summary>
/// CORS: answers preflights, and lets allowed pages read every answer, refusals and streams included. Whose request it is stands
/// in its body, so here the origins of all apps count; the request itself is then checked against its own app's. Runs after routing.
/// </summary>
internal sealed class CrossOriginMiddleware(RequestDelegate next, Settings<AppCatalog> apps)
{
    private const string Anything = "*";
    private const string AllowedMethods = "GET, POST";
    private const string AllowedHeaders = "content-type, authorization, last-event-id";
    private const string MaxAgeSeconds = "600";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<CrossOrigin>() is not { } kind)
        {
            return next(context);
        }

        var (request, headers) = (context.Request, context.Response.Headers);
        var isOpen = ReferenceEquals(kind, CrossOrigin.Any);
        headers.Vary = isOpen ? default : "Origin";
        var isAllowed = isOpen || (request.Headers.Origin is [{ } origin] && apps.Current.AllowsOrigin(origin));
        if (isAllowed)
        {
            headers.AccessControlAllowOrigin = isOpen ? Anything : request.Headers.Origin;
            headers.AccessControlExposeHeaders = "Retry-After";
        }

        if (!HttpMethods.IsOptions(request.Method) || request.Headers.AccessControlRequestMethod.Count == 0)
        {
            return next(context);
        }

        if (isAllowed)
        {
            headers.AccessControlAllowMethods = AllowedMethods;
            headers.AccessControlAllowHeaders = isOpen ? Anything : AllowedHeaders;
            headers.AccessControlMaxAge = MaxAgeSeconds;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
