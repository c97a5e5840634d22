using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Feathers;

/// <summary>What code that was written against BetterForms' own server sees through its own client: data as data, refusals as Feathers' typed errors.</summary>
public sealed class FeathersTests : IClassFixture<FeathersClient>
{
    [Fact]
    public async Task Results_come_as_data()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("A fun", " fact"));
        await using var visitor = await host.ConnectAsync();

        var results = await FeathersClient.CallAsync(
            host.Address,
            Call("stream/create", """ "model":"gpt-fake-1" """),
            Call("stream/create", """ "model":"gpt-fake-1","stream":true """),
            new JsonObject { ["service"] = "llm/query/stop", ["data"] = new JsonObject { ["streamId"] = "nope" } });

        Assert.Equal("A fun fact", results[0]["result"]!["choices"]![0]!["message"]!["content"]!.GetValue<string>());
        Assert.Equal("Streaming setup complete", results[1]["result"]!["message"]!.GetValue<string>());
        Assert.Matches("^[0-9a-f]{32}$", results[1]["result"]!["streamId"]!.GetValue<string>());
        Assert.Equal("not_found", results[2]["result"]!["status"]!.GetValue<string>());
        Assert.Equal("A fun fact", ChannelClient.TextOf(await visitor.ReadStreamAsync()));
    }

    [Fact]
    public async Task Refusals_come_as_typed_errors()
    {
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:Apps:test:Providers:0"] = "openai" });
        host.Provider.Handle(OpenAiScripts.Path, request => request.ReadJson().GetProperty("model").GetString() switch
        {
            "gone" => OpenAiScripts.UnknownModel("gone"),
            "limited" => OpenAiScripts.RateLimited(),
            "bad-key" => OpenAiScripts.BadKey(),
            _ => OpenAiScripts.ServerError(),
        });
        var wrongKey = Call("stream/create", """ "model":"x" """);
        wrongKey["data"]!["apiKey"] = "BFAPI_wrong";
        (JsonNode Call, string Type, int Code)[] cases =
        [
            (wrongKey, "NotAuthenticated", 401),
            (Call("stream/create", """ "model":"x","stream":"perhaps" """), "BadRequest", 400),
            (Call("stream/create", """ "model":"x","provider":"nobody" """), "BadRequest", 400),
            (Call("stream/create", """ "model":"x","provider":"gemini" """), "Forbidden", 403),
            (Call("stream/create", """ "model":"bad-key" """), "NotAuthenticated", 401),
            (Call("stream/create", """ "model":"gone" """), "NotFound", 404),
            (Call("stream/create", """ "model":"limited" """), "TooManyRequests", 429),
            (Call("stream/create", """ "model":"limited","stream":true """), "TooManyRequests", 429),
            (Call("stream/create", """ "model":"broken" """), "BadGateway", 502),
            (new JsonObject { ["service"] = "stream/create", ["method"] = "find" }, "MethodNotAllowed", 405),
            (new JsonObject { ["service"] = "stream/nothing", ["data"] = new JsonObject() }, "NotFound", 404),
            (new JsonObject { ["service"] = "llm/query/stop", ["data"] = new JsonObject() }, "BadRequest", 400),
        ];

        var results = await FeathersClient.CallAsync(host.Address, [.. cases.Select(c => c.Call)]);

        Assert.Equal(cases.Select(c => $"{c.Type} {c.Code}"), results.Select(r => $"{r["error"]?["type"]} {r["error"]?["code"]}"));
        Assert.All(results, result => Assert.True(result["error"]!["isFeathersError"]!.GetValue<bool>()));
        Assert.All(results, result => Assert.Equal(result["error"]!["type"]!.GetValue<string>(), result["error"]!["name"]!.GetValue<string>()));
        Assert.All(results, result => Assert.False(result["error"]!["success"]!.GetValue<bool>()));
        Assert.Equal("not-authenticated", results[0]["error"]!["className"]!.GetValue<string>());
        Assert.Equal("act", results[1]["error"]!["actionName"]!.GetValue<string>());
        Assert.Contains("payload.stream", results[1]["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("openai", results[6]["error"]!["details"]!["info"]!["provider"]!.GetValue<string>());
    }

    private static JsonNode Call(string service, string payload) =>
        new JsonObject { ["service"] = service, ["data"] = JsonNode.Parse(ProxyHost.Envelope(payload)) };
}
