using BfProxy.Security;

namespace BfProxy.Playground;

internal static class PlaygroundSetup
{
    private const string Folder = "playground/";
    private const string Index = "index.html";

    /// <summary>Nothing from elsewhere, nothing inline: model text that looked like markup could do nothing.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The widget styles itself inline and shows pictures of its own; scripts are ours and its one file.</summary>
    private const string WidgetSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Widget = "widget.html";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Maps the page at <paramref name="path"/> (which starts and ends with a slash), its files and its configuration below <c>playground/</c> there.
    /// <paramref name="config"/> is asked at every load, since configuration reloads while running.
    /// </summary>
    public static void MapPlayground(this IEndpointRouteBuilder endpoints, string path, Func<HttpContext, PlaygroundConfig> config)
    {
        var page = endpoints.MapGroup(path.TrimEnd('/')).ExcludeFromDescription();
        foreach (var file in EmbeddedFile.ReadAll(Folder))
        {
            if (file.Name == Index)
            {
                page.MapMethods("/", Methods, context => RespondWithIndexAsync(context, file));
            }
            else
            {
                page.MapMethods($"/playground/{file.Name}", Methods, context => Respond(context, file).ExecuteAsync(context));
            }
        }

        page.MapGet("/playground/typebot.js", (HttpContext context) => WidgetScript.Find(context.RequestServices.GetRequiredService<IHostEnvironment>()) is { } path ? Results.File(path, "text/javascript") : Results.NotFound());
        page.MapGet("/playground/config.json", context =>
        {
            context.Response.Headers.CacheControl = "no-store";
            return context.Response.WriteAsJsonAsync(config(context), PlaygroundJson.Default.PlaygroundConfig, cancellationToken: context.RequestAborted);
        });
    }

    /// <summary>The page names its files relative to itself, so its own address has to end with a slash.</summary>
    private static Task RespondWithIndexAsync(HttpContext context, EmbeddedFile index)
    {
        var request = context.Request;
        var address = request.PathBase.Add(request.Path);
        var answer = address.Value is { } value && value.EndsWith('/')
            ? Respond(context, index)
            : Results.LocalRedirect($"{address}/{request.QueryString}", permanent: false);
        return answer.ExecuteAsync(context);
    }

    private static IResult Respond(HttpContext context, EmbeddedFile file)
    {
        PageHeaders.Apply(context, file.Name == Widget ? WidgetSecurityPolicy : ContentSecurityPolicy);
        return file.Respond(context);
    }
}
