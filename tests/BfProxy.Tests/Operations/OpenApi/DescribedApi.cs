using System.Text.Json.Nodes;
using BfProxy.Operations.OpenApi;
using BfProxy.Tests.Host;

namespace BfProxy.Tests.Operations.OpenApi;

/// <summary>The document that the application serves, and what it says of requests and answers.</summary>
internal sealed class DescribedApi
{
    private readonly SchemaCheck _check;

    private DescribedApi(JsonObject document) => (Document, _check) = (document, new SchemaCheck(document));

    public JsonObject Document { get; }

    public JsonObject Paths => Document["paths"]!.AsObject();

    public static async Task<DescribedApi> GetAsync(ProxyHost host) =>
        new(JsonNode.Parse(await host.Http.GetStringAsync(new Uri("openapi/v1.json", UriKind.Relative)))!.AsObject());

    public IEnumerable<(string Path, string Method, JsonObject Operation)> Operations() =>
        from path in Paths
        from operation in path.Value!.AsObject()
        where operation.Key is "get" or "post"
        select (path.Key, operation.Key, operation.Value!.AsObject());

    /// <summary>Sends a request that fits its description, and holds the answer against what the document says of it.</summary>
    public async Task<JsonNode> SendAsync(ProxyHost host, string path, string? body, int status, bool isDescribed = true)
    {
        var operation = Paths[path]![body is null ? "get" : "post"]!.AsObject();
        if (body is not null && isDescribed)
        {
            AssertFits(JsonNode.Parse(body), operation["requestBody"]!["content"]!["application/json"]!["schema"]!, $"the request to {path}");
        }

        using var answer = body is null ? await host.Http.GetAsync(new Uri(path.TrimStart('/'), UriKind.Relative)) : await host.PostAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{path} answered {(int)answer.StatusCode}: {text}");
        var described = operation["responses"]![FormattableString.Invariant($"{status}")] ?? operation["responses"]![$"{status / 100}XX"];
        Assert.True(described is not null, $"{path} answered {status}, which is not described");
        var content = _check.Resolve(described.AsObject())["content"]![answer.Content.Headers.ContentType!.MediaType!];
        Assert.True(content is not null, $"{path} answered {answer.Content.Headers.ContentType}, which is not described");
        var value = JsonNode.Parse(text)!;
        AssertFits(value, content["schema"]!, $"the answer {status} of {path}");
        return value;
    }

    public void AssertFits(JsonNode? value, string schema) => AssertFits(value, Document["components"]!["schemas"]![schema]!, schema);

    public void AssertFits(JsonNode? value, JsonNode schema, string what)
    {
        var faults = _check.Faults(value, schema);
        Assert.True(faults.Count == 0, $"{what}: {string.Join('\n', faults)}\n{value?.ToJsonString()}");
    }

    public static string Normal(string path) => ApiDocument.Normal(path);
}
