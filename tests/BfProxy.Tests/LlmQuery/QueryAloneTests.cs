using System.Text.Json.Nodes;
using BfProxy.Tests.Backplane;

namespace BfProxy.Tests.LlmQuery;

/// <summary>Tools while Redis is away: the node goes on with the pages that it has.</summary>
public sealed class QueryAloneTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task A_node_that_is_alone_asks_its_own_pages_and_takes_their_answer()
    {
        await using var host = await QueryHost.StartAsync(new() { ["BfProxy:Backplane:Redis"] = redis.ConnectionString });
        host.Script("openai", "a", [("call_1", "ui_ask", "{}"), ("call_2", "ui_ask", "{}")], "b");
        await redis.StopAsync();

        using var answer = await host.QueryAsync(QueryHost.Payload("openai"));
        var calls = new[] { await NextAsync(host, "llmToolCall"), await NextAsync(host, "llmToolCall") };
        foreach (var call in calls)
        {
            Assert.Equal("accepted", (await host.AnswerAsync(call["toolCallId"]!.GetValue<string>()))["status"]!.GetValue<string>());
        }

        Assert.Equal("stop", (await NextAsync(host, "end"))["finish_reason"]!.GetValue<string>());
        Assert.Equal(2, host.Proxy.Provider.Requests.Count);
    }

    /// <summary>The next event of this type; notices of a new epoch, and other events, are passed.</summary>
    private static async Task<JsonNode> NextAsync(QueryHost host, string type)
    {
        while (true)
        {
            if ((await host.Page.NextAsync())["event"] is { } said && said["type"]!.GetValue<string>() is var kind && (kind == type || kind == "end"))
            {
                Assert.Equal(type, kind);
                return said;
            }
        }
    }
}
