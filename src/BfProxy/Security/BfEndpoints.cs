using BfProxy.Transforms.Contract;

namespace BfProxy.Security;

/// <summary>Maps BF paths. They own all their methods, so that a catch-all route of an operator never sees a wrong one.</summary>
internal static class BfEndpoints
{
    public static void MapBfPost(this IEndpointRouteBuilder endpoints, string path, Func<HttpContext, IServiceProvider, Task> handle) =>
        endpoints.Map(path, context =>
        {
            if (HttpMethods.IsPost(context.Request.Method))
            {
                return handle(context, context.RequestServices);
            }

            context.Response.Headers.Allow = HttpMethods.Post;
            return ErrorResponse.WriteAsync(context, new BfError { Status = 405, Message = $"{path} is called with POST" });
        }).WithMetadata(CrossOrigin.Instance);
}
