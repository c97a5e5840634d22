using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Tests.Channels.Redis;
using FakeProvider;

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

    private static Dictionary<string, string?> Settings(FakeProviderServer provider) => new(StringComparer.Ordinal)
    {
        ["ReverseProxy:Clusters:openai:Destinations:primary:Address"] = provider.BaseAddress.ToString(),
    };
}
