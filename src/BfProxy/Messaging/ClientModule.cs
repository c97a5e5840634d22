using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary><c>/bf-client.js</c>, what it imports, and its types: for pages of any origin.</summary>
internal static class ClientModule
{
    private const string Folder = "client/";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapClientModule(this IEndpointRouteBuilder endpoints)
    {
        foreach (var file in EmbeddedFile.ReadAll(Folder))
        {
            endpoints.MapMethods($"/{file.Name}", Methods, context =>
            {
                context.Response.Headers.AccessControlAllowOrigin = "*";
                return file.Respond(context).ExecuteAsync(context);
            }).ExcludeFromDescription();
        }
    }
}
