using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BfProxy.Telemetry;
using Yarp.ReverseProxy.Model;

namespace BfProxy.Operations.OpenApi;

/// <summary>The OpenAPI document, less the paths that this process does not serve: surfaces that are off are not in it.</summary>
internal static partial class ApiDocument
{
    private const string Resource = "openapi.json";

    private static readonly JsonSerializerOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the document for the endpoints that are there.</summary>
    public static byte[] Write(EndpointDataSource endpoints)
    {
        var document = Read();
        var served = endpoints.Endpoints
            .OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.Metadata.GetMetadata<RouteModel>() is null)
            .Select(static endpoint => Normal(endpoint.RoutePattern.RawText ?? ""))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var paths = document["paths"]!.AsObject();
        foreach (var path in paths.Select(static path => path.Key).Where(path => !served.Contains(Normal(path))).ToList())
        {
            paths.Remove(path);
        }

        DropIdleTags(document, paths);
        document["info"]!["version"] = ServiceIdentity.Version;
        return JsonSerializer.SerializeToUtf8Bytes(document, Format);
    }

    /// <summary>All that it could say.</summary>
    public static JsonObject Read()
    {
        using var stream = typeof(ApiDocument).Assembly.GetManifestResourceStream(Resource)!;
        return JsonNode.Parse(stream)!.AsObject();
    }

    /// <summary>A path without the names of its parameters, which a document and a route may call differently.</summary>
    public static string Normal(string path) => Parameter().Replace("/" + path.TrimStart('/'), "{}");

    private static void DropIdleTags(JsonObject document, JsonObject paths)
    {
        var used = paths.SelectMany(static path => path.Value!.AsObject())
            .Where(static operation => operation.Value is JsonObject)
            .SelectMany(static operation => operation.Value!["tags"]!.AsArray().Select(static tag => tag!.GetValue<string>()))
            .ToHashSet(StringComparer.Ordinal);
        var tags = document["tags"]!.AsArray();
        foreach (var idle in tags.Where(tag => !used.Contains(tag!["name"]!.GetValue<string>())).ToList())
        {
            tags.Remove(idle);
        }
    }

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
