using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace BfProxy.Security;

/// <summary>One static file for browsers, embedded in the assembly, with an ETag of its content.</summary>
internal sealed class EmbeddedFile
{
    private readonly byte[] _content;
    private readonly string _contentType;
    private readonly EntityTagHeaderValue _tag;

    private EmbeddedFile(string name, byte[] content)
    {
        Name = name;
        _content = content;
        _contentType = ContentTypeOf(name);
        _tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"");
    }

    public string Name { get; }

    /// <summary>All files of a folder, by their path in it.</summary>
    public static IEnumerable<EmbeddedFile> ReadAll(string folder)
    {
        var assembly = typeof(EmbeddedFile).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            yield return new EmbeddedFile(resource[folder.Length..], content);
        }
    }

    public IResult Respond(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Bytes(_content, _contentType, entityTag: _tag);
    }

    private static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".ts" => "text/plain; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"A file of unknown type {other} is embedded."),
    };
}
