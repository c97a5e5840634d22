using BfProxy.Security;

namespace BfProxy.Operations.OpenApi;

internal static class OpenApiSetup
{
    private const string Folder = "openapi/";
    private const string Index = "index.html";

    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps the document and its page.</summary>
    public static void MapOpenApi(this IEndpointRouteBuilder endpoints)
    {
        // Routes that a reload changes are the operator's, which it leaves out; all others are there before the first request.
        var document = new Lazy<byte[]>(() => ApiDocument.Write(endpoints.ServiceProvider.GetRequiredService<EndpointDataSource>()));
        endpoints.MapMethods("/openapi/v1.json", Methods, context => Send(context, () => Results.Bytes(document.Value, "application/json; charset=utf-8")));
        foreach (var file in EmbeddedFile.ReadAll(Folder))
        {
            var path = file.Name == Index ? "/openapi/" : $"/openapi/{file.Name}";
            endpoints.MapMethods(path, Methods, context => Send(context, () => file.Name == Index && context.Request.Path.Value?.EndsWith('/') == false
                ? Results.LocalRedirect("/openapi/")
                : file.Respond(context))).ExcludeFromDescription();
        }
    }

    private static Task Send(HttpContext context, Func<IResult> answer)
    {
        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return answer().ExecuteAsync(context);
    }
}
