using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Tests.Channels.Redis;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;
using StackExchange.Redis;

namespace BfProxy.Tests.Assistants;

/// <summary>Threads and runs over two nodes that share a Redis.</summary>
public sealed class AssistantNodesTests
{
    [Fact]
    public async Task A_run_of_one_node_is_stopped_and_continued_on_the_other()
    {
        await using var provider = await FakeProviderServer.StartAsync();
        var conversations = new FakeConversations(provider);
        await using var nodes = await SharedNodes.StartAsync(Settings(provider));
        await using var page = await nodes.Two.ConnectAsync();
        conversations.Say(new FakeTurn("half") { Gate = new Gate() });

        var run = await AssistantHost.PostAsync(nodes.One, AssistantHost.Path, AssistantHost.Body("a", stream: true));
        await page.NextAsync();
        await page.NextAsync();
        var reply = await page.CommandAsync("assistantStop", new JsonObject { ["threadId"] = AssistantHost.Id(run), ["runId"] = run["runId"]!.DeepClone() });
        var next = await AssistantHost.PostAsync(nodes.Two, AssistantHost.Path, AssistantHost.Body("b", AssistantHost.Id(run)));

        Assert.Equal("cancelled", reply["status"]!.GetValue<string>());
        Assert.Equal("heard a, b", AssistantHost.TextOf(next));
        Assert.Equal("assistant: half", conversations.Lines(AssistantHost.Id(run))[1]);
    }

    [Fact]
    public async Task A_thread_whose_node_is_killed_in_a_run_can_go_on()
    {
        await using var provider = await FakeProviderServer.StartAsync();
        var conversations = new FakeConversations(provider);
        await using var nodes = await SharedNodes.StartAsync(Settings(provider));
        await using var killed = await NodeProcess.StartAsync(nodes.Redis.ConnectionString, provider.BaseAddress);
        conversations.Say(new FakeTurn("half") { Gate = new Gate() });
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = killed.Address };
        using var body = new StringContent(AssistantHost.Body("lost", stream: true), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(AssistantHost.Path, body);
        var run = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        await killed.KillAsync();
        var next = await AssistantHost.PostAsync(nodes.One, AssistantHost.Path, AssistantHost.Body("b", AssistantHost.Id(run)));

        Assert.Equal("heard b", AssistantHost.TextOf(next));
    }

    [Fact]
    public async Task A_POST_to_the_other_node_stops_a_run_and_the_run_is_known_there()
    {
        await using var provider = await FakeProviderServer.StartAsync();
        var conversations = new FakeConversations(provider);
        await using var nodes = await SharedNodes.StartAsync(Settings(provider));
        await using var page = await nodes.Two.ConnectAsync();
        conversations.Say(new FakeTurn("half") { Gate = new Gate() });

        var run = await AssistantHost.PostAsync(nodes.One, AssistantHost.Path, AssistantHost.Body("a", stream: true));
        await page.NextAsync();
        await page.NextAsync();
        var ids = $$"""{"apiKey":"{{ProxyHost.AppKey}}","threadId":"{{run["threadId"]}}","runId":"{{run["runId"]}}"}""";
        var first = await AssistantHost.PostAsync(nodes.Two, AssistantHost.Path + "/stop", ids);
        var end = (await page.ReadStreamAsync())[^1];
        var next = await AssistantHost.PostAsync(nodes.Two, AssistantHost.Path, AssistantHost.Body("b", AssistantHost.Id(run)));
        var again = await AssistantHost.PostAsync(nodes.One, AssistantHost.Path + "/stop", ids);

        Assert.Equal(("cancelled", "stopped", "cancelled"), (first["status"]!.GetValue<string>(), end["finish_reason"]!.GetValue<string>(), again["status"]!.GetValue<string>()));
        Assert.Equal("heard a, b", AssistantHost.TextOf(next));
        Assert.Equal(["user: a", "assistant: half", "user: b", "assistant: heard a, b"], conversations.Lines(AssistantHost.Id(run)));
    }

    [Theory]
    [InlineData("gemini")]
    [InlineData("anthropic")]
    public async Task A_thread_that_we_keep_goes_on_at_the_other_node_and_has_an_end(string name)
    {
        await using var provider = await FakeProviderServer.StartAsync();
        await using var nodes = await SharedNodes.StartAsync(new(Settings(provider), StringComparer.Ordinal)
        {
            ["ReverseProxy:Clusters:gemini:Destinations:primary:Address"] = provider.BaseAddress.ToString(),
            ["ReverseProxy:Clusters:anthropic:Destinations:primary:Address"] = provider.BaseAddress.ToString(),
            ["BfProxy:Threads:TimeToLive"] = "00:30:00",
            ["BfProxy:Threads:MaxBytes"] = "2048",
        });
        provider.Script(AnyDialect.Path(name), Script.Sse(AnyDialect.Text(name, "noted")));
        var more = $$""" "provider":"{{name}}","model":"{{AnyDialect.Model(name)}}" """;

        var thread = AssistantHost.Id(await AssistantHost.PostAsync(nodes.One, AssistantHost.Path, AssistantHost.Body("oldest" + new string('a', 1500), more: more)));
        await AssistantHost.PostAsync(nodes.Two, AssistantHost.Path, AssistantHost.Body("middle" + new string('b', 500), thread, more: more));
        await AssistantHost.PostAsync(nodes.One, AssistantHost.Path, AssistantHost.Body("newest", thread, more: more));
        await AssistantHost.PostAsync(nodes.Two, AssistantHost.Path, AssistantHost.Body(new string('c', 3000), thread, more: more), 413);

        Assert.Contains("oldest", provider.Requests[1].BodyText, StringComparison.Ordinal);
        Assert.Contains("middle", provider.Requests[2].BodyText, StringComparison.Ordinal);
        Assert.DoesNotContain("oldest", provider.Requests[2].BodyText, StringComparison.Ordinal);
        using var redis = await ConnectionMultiplexer.ConnectAsync(nodes.Redis.ConnectionString);
        var key = Assert.Single(redis.GetServer(nodes.Redis.ConnectionString).Keys(pattern: "*assistants:thread:*"));
        Assert.InRange((await redis.GetDatabase().KeyTimeToLiveAsync(key))!.Value, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task In_a_thread_that_we_keep_the_user_is_heard_though_the_node_is_killed()
    {
        await using var provider = await FakeProviderServer.StartAsync();
        await using var nodes = await SharedNodes.StartAsync(new(Settings(provider), StringComparer.Ordinal) { ["BfProxy:Providers:openai:Conversations"] = "false", ["BfProxy:Providers:openai:Dialect"] = "openai" });
        await using var killed = await NodeProcess.StartAsync(nodes.Redis.ConnectionString, provider.BaseAddress, "--BfProxy:Providers:openai:Conversations", "false");
        provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("half")).Hang(), OpenAiScripts.Chat("whole"));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = killed.Address };
        using var body = new StringContent(AssistantHost.Body("kept", stream: true), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(AssistantHost.Path, body);
        var run = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        await killed.KillAsync();
        var next = await AssistantHost.PostAsync(nodes.One, AssistantHost.Path, AssistantHost.Body("again", AssistantHost.Id(run)));

        Assert.Equal("whole", AssistantHost.TextOf(next));
        Assert.Contains("kept", provider.Requests[^1].BodyText, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Settings(FakeProviderServer provider) => new(StringComparer.Ordinal)
    {
        ["ReverseProxy:Clusters:openai:Destinations:primary:Address"] = provider.BaseAddress.ToString(),
    };
}
