using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace BfProxy.Playground;

/// <summary>One static file of the page, embedded in the assembly, with an ETag of its content.</summary>
internal sealed class PageFile
{
    public const string Index = "index.html";

    private const string ResourcePrefix = "playground/";

    /// <summary>Nothing from elsewhere, nothing inline: model text that looked like markup could do nothing.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly byte[] _content;

    private readonly string _contentType;

    private readonly EntityTagHeaderValue _tag;

    private PageFile(string name, byte[] content)
    {
        Name = name;
        _content = content;
        _contentType = ContentTypeOf(name);
        _tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"");
    }

    public string Name { get; }

    public static IEnumerable<PageFile> ReadAll()
    {
        var assembly = typeof(PageFile).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            yield return new PageFile(resource[ResourcePrefix.Length..], content);
        }
    }

    public IResult Respond(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-cache";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        return Results.Bytes(_content, _contentType, entityTag: _tag);
    }

    private static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"The page holds a file of unknown type {other}."),
    };
}
