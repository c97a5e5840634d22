namespace BfProxy.Playground;

internal static class PlaygroundSetup
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Maps the page at <paramref name="path"/> (which starts and ends with a slash), its files and its configuration below <c>playground/</c> there.
    /// <paramref name="config"/> is asked at every load, since configuration reloads while running.
    /// </summary>
    public static void MapPlayground(this IEndpointRouteBuilder endpoints, string path, Func<HttpContext, PlaygroundConfig> config)
    {
        var page = endpoints.MapGroup(path.TrimEnd('/')).ExcludeFromDescription();
        foreach (var file in PageFile.ReadAll())
        {
            if (file.Name == PageFile.Index)
            {
                page.MapMethods("/", Methods, context => RespondWithIndexAsync(context, file));
            }
            else
            {
                page.MapMethods($"/playground/{file.Name}", Methods, context => file.Respond(context).ExecuteAsync(context));
            }
        }

        page.MapGet("/playground/config.json", context =>
        {
            context.Response.Headers.CacheControl = "no-store";
            return context.Response.WriteAsJsonAsync(config(context), PlaygroundJson.Default.PlaygroundConfig, cancellationToken: context.RequestAborted);
        });
    }

    /// <summary>The page names its files relative to itself, so its own address has to end with a slash.</summary>
    private static Task RespondWithIndexAsync(HttpContext context, PageFile index)
    {
        var request = context.Request;
        var address = request.PathBase.Add(request.Path);
        var answer = address.Value is { } value && value.EndsWith('/')
            ? index.Respond(context)
            : Results.LocalRedirect($"{address}/{request.QueryString}", permanent: false);
        return answer.ExecuteAsync(context);
    }
}
