using Microsoft.AspNetCore.Routing.Template;
using Yarp.ReverseProxy.Model;

namespace BfProxy.Security;

/// <summary>Doubled slashes in a path of ours count as one; any other path, such as an operator's route proxies, stays as it came. Runs before routing.</summary>
internal sealed class DoubledSlashMiddleware(RequestDelegate next, EndpointDataSource endpoints)
{
    private const string Doubled = "//";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.Value is { } path && path.Contains(Doubled, StringComparison.Ordinal) && Single(path) is var single && IsOurs(single))
        {
            context.Request.Path = single;
        }

        return next(context);
    }

    private bool IsOurs(PathString path) =>
        endpoints.Endpoints.OfType<RouteEndpoint>().Any(endpoint =>
            endpoint.Metadata.GetMetadata<RouteModel>() is null && new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), []).TryMatch(path, []));

    private static string Single(string path) => "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));
}
