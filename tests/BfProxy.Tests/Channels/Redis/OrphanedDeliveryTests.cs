using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Tests.Forwarding;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Channels.Redis;

/// <summary>BetterForms hears the end of a stream whose node is gone, from another node and once.</summary>
public sealed class OrphanedDeliveryTests
{
    private const string Streaming = """ "model":"gpt-fake-1","stream":true """;
    private const string Key = "BFAPI_portal";
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("betterforms")]
    [InlineData("both")]
    public async Task BetterForms_is_told_once_that_a_stream_ended_whose_node_was_killed(string delivery)
    {
        await using var portal = await StartPortalAsync();
        var settings = Settings(portal, delivery);
        await using var nodes = await SharedNodes.StartAsync(settings);
        await using var killed = await StartNodeAsync(nodes, settings);
        await StreamThereAsync(nodes, killed);
        Assert.Equal("some", EventOf(await portal.NextRequestAsync())["content"]!.GetValue<string>());
        await UntilRedisKnowsAsync(nodes, known: true);

        await killed.KillAsync();

        var (error, end) = (await portal.NextRequestAsync(), await portal.NextRequestAsync());
        Assert.Equal(503, EventOf(error)["error"]!["code"]!.GetValue<int>());
        Assert.Equal("error", EventOf(end)["finish_reason"]!.GetValue<string>());
        Assert.All([error, end], request =>
        {
            var body = JsonNode.Parse(request.Body)!;
            Assert.Equal((Key, """["open-a","b"]""", "act"), (body["apiKey"]!.GetValue<string>(), body["channels"]!.ToJsonString(), body["message"]!["actions"]![0]!["name"]!.GetValue<string>()));
        });

        // Nobody says it again: what comes next is the next stream's, and Redis forgets it when it has ended.
        nodes.Two.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("next"));
        using var next = await nodes.Two.ChatAsync(Streaming);
        Assert.Equal("next", EventOf(await portal.NextRequestAsync())["content"]!.GetValue<string>());
        Assert.Equal("end", EventOf(await portal.NextRequestAsync())["type"]!.GetValue<string>());
        await UntilRedisKnowsAsync(nodes, known: false);
    }

    [Fact]
    public async Task Where_the_key_died_with_the_node_the_end_is_counted_as_lost()
    {
        await using var portal = await StartPortalAsync();
        var settings = Settings(portal, "betterforms");
        settings.Remove("BfProxy:Apps:test:PortalKey");
        await using var nodes = await SharedNodes.StartAsync(settings);
        await using var killed = await StartNodeAsync(nodes, settings);
        await StreamThereAsync(nodes, killed);
        Assert.Equal("some", EventOf(await portal.NextRequestAsync())["content"]!.GetValue<string>());
        await UntilRedisKnowsAsync(nodes, known: true, where: value => Assert.DoesNotContain(ProxyHost.AppKey, value, StringComparison.Ordinal));

        await killed.KillAsync();
        await UntilRedisKnowsAsync(nodes, known: false);

        Assert.True(SpinWait.SpinUntil(() => (nodes.One.Logs + nodes.Two.Logs).Contains("lost an event on its way to BetterForms (NoKey)", StringComparison.Ordinal), LongEnough));
        Assert.Single(portal.Requests);
    }

    private static async Task<FakeProviderServer> StartPortalAsync()
    {
        var portal = await FakeProviderServer.StartAsync();
        portal.Script(PortalHost.Path, Script.Json(201, "{}"));
        return portal;
    }

    private static Dictionary<string, string?> Settings(FakeProviderServer portal, string delivery) => new(StringComparer.Ordinal)
    {
        ["ReverseProxy:Clusters:portal:Destinations:primary:Address"] = portal.BaseAddress.ToString(),
        ["BfProxy:Apps:test:Delivery"] = delivery,
        ["BfProxy:Apps:test:PortalKey"] = Key,
    };

    private static Task<NodeProcess> StartNodeAsync(SharedNodes nodes, Dictionary<string, string?> settings) =>
        NodeProcess.StartAsync(nodes.Redis.ConnectionString, nodes.One.Provider.BaseAddress, [.. settings.SelectMany(static pair => (string[])["--" + pair.Key, pair.Value!])]);

    private static JsonNode EventOf(SeenRequest request) => PortalHost.EventOf(request);

    private static async Task StreamThereAsync(SharedNodes nodes, NodeProcess killed)
    {
        nodes.One.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Hang());
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = killed.Address };
        using var body = new StringContent(ProxyHost.Envelope(Streaming, """["open-a","b"]"""), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var answer = await http.PostAsync(new Uri("stream/create", UriKind.Relative), body);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    private static async Task UntilRedisKnowsAsync(SharedNodes nodes, bool known, Action<string>? where = null)
    {
        await using var link = nodes.Redis.Link();
        using var patience = new CancellationTokenSource(LongEnough);
        string[] leases;
        do
        {
            patience.Token.ThrowIfCancellationRequested();
            leases = [.. (await link.RunAsync(database => database.HashValuesAsync(link.Prefix + "{leases}:streams"), patience.Token)).Select(static value => value.ToString())];
        }
        while (leases.Length > 0 != known);

        Assert.All(leases, lease => where?.Invoke(lease));
    }
}
