using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Channels.Redis;

/// <summary>Streams of a node are known to the others: they can stop them, and end them when the node dies.</summary>
public sealed class LostNodeTests
{
    private const string Streaming = """ "model":"gpt-fake-1","stream":true """;

    [Theory]
    [InlineData("POST")]
    [InlineData("socket")]
    public async Task A_stream_is_stopped_from_another_node(string how)
    {
        await using var nodes = await SharedNodes.StartAsync();
        nodes.One.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Hang());
        await using var client = await nodes.Two.ConnectAsync();
        using var answer = await nodes.One.ChatAsync(Streaming);
        var streamId = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["streamId"]!.GetValue<string>();
        Assert.Equal("some", SharedChannelTests.TextOf([await client.NextAsync()]));

        if (how == "POST")
        {
            using var stop = await nodes.Two.PostAsync("llm/query/stop", $$"""{"streamId":"{{streamId}}"}""");
            Assert.Equal(HttpStatusCode.Created, stop.StatusCode);
            Assert.Equal($$"""{"status":"stopped","streamId":"{{streamId}}"}""", await stop.Content.ReadAsStringAsync());
        }
        else
        {
            var reply = await client.CommandAsync("llmQueryStop", new JsonObject { ["streamId"] = streamId });
            Assert.Equal("stopped", reply["status"]!.GetValue<string>());
        }

        var end = await client.NextAsync();
        Assert.Equal("stopped", end["event"]!["finish_reason"]!.GetValue<string>());
        await (await nodes.One.Provider.NextRequestAsync()).PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        using var again = await nodes.Two.PostAsync("llm/query/stop", """{"streamId":"00000000000000000000000000000000"}""");
        Assert.Contains("not_found", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_whose_node_is_killed_ends_by_name_once_on_every_node()
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var killed = await NodeProcess.StartAsync(nodes.Redis.ConnectionString, nodes.One.Provider.BaseAddress);
        await using var here = await nodes.One.ConnectAsync();
        await using var there = await nodes.Two.ConnectAsync();
        await StreamThereAsync(nodes, killed);
        Assert.Equal("some", SharedChannelTests.TextOf([await here.NextAsync()]));

        await killed.KillAsync();

        var ends = await SharedChannelTests.ReadAsync(here);
        Assert.Equal(["error", "end"], ends.Select(frame => frame["event"]!["type"]!.GetValue<string>()));
        Assert.Equal(503, ends[0]["event"]!["error"]!["code"]!.GetValue<int>());
        Assert.Equal("act", ends[0]["actionName"]!.GetValue<string>());
        Assert.Equal([2, 3], ends.Select(frame => frame["seq"]!.GetValue<int>()));
        var all = await SharedChannelTests.ReadAsync(there);
        SharedChannelTests.Covers(all, 0);
        Assert.Equal(ends.Select(frame => frame.ToJsonString()), all.Skip(1).Select(frame => frame.ToJsonString()));

        // Both nodes have looked after it for a while, and neither says it again: what comes next is the next stream's.
        nodes.Two.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("next"));
        using var next = await nodes.Two.ChatAsync(Streaming);
        Assert.Equal("next", SharedChannelTests.TextOf([await here.NextAsync()]));
    }

    [Fact]
    public async Task A_stream_whose_node_is_killed_while_redis_loses_all_ends_by_name_once_on_every_node()
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var killed = await NodeProcess.StartAsync(nodes.Redis.ConnectionString, nodes.One.Provider.BaseAddress);
        await using var here = await nodes.One.ConnectAsync();
        await using var there = await nodes.Two.ConnectAsync();
        await StreamThereAsync(nodes, killed);
        Assert.Equal("some", SharedChannelTests.TextOf([await here.NextAsync()]));
        Assert.Equal("some", SharedChannelTests.TextOf([await there.NextAsync()]));

        await killed.KillAsync();
        await nodes.Redis.StopAsync();
        await nodes.Redis.StartAsync();

        var (atOne, atTwo) = (await EndAsync(here), await EndAsync(there));
        Assert.Equal(["error", "end"], atOne.Select(frame => frame["event"]!["type"]!.GetValue<string>()));
        Assert.Equal(503, atOne[0]["event"]!["error"]!["code"]!.GetValue<int>());
        Assert.Equal("act", atOne[0]["actionName"]!.GetValue<string>());
        Assert.Equal([2, 3], atOne.Select(frame => frame["seq"]!.GetValue<int>()));
        Assert.Equal(atOne.Select(frame => frame.ToJsonString()), atTwo.Select(frame => frame.ToJsonString()));

        nodes.Two.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("next"));
        using var next = await nodes.Two.ChatAsync(Streaming);
        Assert.Equal("next", SharedChannelTests.TextOf([await here.NextAsync()]));
    }

    [Fact]
    public async Task A_stream_that_lives_is_not_taken_for_dead_where_redis_loses_its_lease()
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var killed = await NodeProcess.StartAsync(nodes.Redis.ConnectionString, nodes.One.Provider.BaseAddress);
        await using var here = await nodes.One.ConnectAsync();
        var gate = new Gate();
        nodes.Two.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("lives")).Wait(gate).Frames(OpenAiFrames.Chat(" on")));
        using var answer = await nodes.Two.ChatAsync(Streaming);
        var lives = await here.NextAsync();
        await StreamThereAsync(nodes, killed);
        var dies = await here.NextAsync();

        await killed.KillAsync();
        await nodes.Redis.StopAsync();
        await nodes.Redis.StartAsync();

        // Both are silent, and nothing of either is in Redis: only the one whose node is gone is ended.
        Assert.All(await EndAsync(here), frame => Assert.Equal(dies["streamId"]!.ToString(), frame["streamId"]!.ToString()));
        gate.Release();
        var rest = await EndAsync(here);
        Assert.All(rest, frame => Assert.Equal(lives["streamId"]!.ToString(), frame["streamId"]!.ToString()));
        Assert.Equal(" on", SharedChannelTests.TextOf(rest));
    }

    [Fact]
    public async Task A_stream_is_ended_by_name_though_its_node_and_redis_and_then_the_last_node_that_knew_of_it_are_lost()
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var killed = await NodeProcess.StartAsync(nodes.Redis.ConnectionString, nodes.One.Provider.BaseAddress);
        await using var witness = await NodeProcess.StartAsync(nodes.Redis.ConnectionString, nodes.One.Provider.BaseAddress);
        string streamId;
        await using (var there = await ChannelClient.ConnectAsync(witness.Address))
        {
            await StreamThereAsync(nodes, killed);
            var said = await there.NextAsync();
            streamId = said["streamId"]!.GetValue<string>();
            Assert.Equal("some", SharedChannelTests.TextOf([said]));
            await killed.KillAsync();
            await nodes.Redis.StopAsync();
            await nodes.Redis.StartAsync();
            await UntilRedisKnowsAsync(nodes, streamId);
            await witness.KillAsync();
        }

        await using var here = await nodes.One.ConnectAsync();
        var end = await EndAsync(here);
        Assert.Equal(["error", "end"], end.Select(frame => frame["event"]!["type"]!.GetValue<string>()));
        Assert.All(end, frame => Assert.Equal((streamId, "act"), (frame["streamId"]!.GetValue<string>(), frame["actionName"]!.GetValue<string>())));
        Assert.Equal([2, 3], end.Select(frame => frame["seq"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_ended_on_a_node_alone_ends_by_name_on_the_others_where_that_node_is_killed_before_redis_is_back(bool losesAll)
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var killed = await NodeProcess.StartAsync(nodes.Redis.ConnectionString, nodes.One.Provider.BaseAddress);
        await using var there = await nodes.Two.ConnectAsync();
        var gate = new Gate();
        await using (var listener = await ChannelClient.ConnectAsync(killed.Address))
        {
            nodes.One.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Wait(gate).Frames(OpenAiFrames.Chat(" more")));
            await PostThereAsync(killed);
            Assert.Equal("some", SharedChannelTests.TextOf([await there.NextAsync()]));
            if (losesAll)
            {
                await nodes.Redis.StopAsync();
            }
            else
            {
                nodes.Redis.Pause();
            }

            gate.Release();
            Assert.Equal("stop", (await SharedChannelTests.ReadAsync(listener))[^1]["event"]!["finish_reason"]!.GetValue<string>());
            await killed.KillAsync();
        }

        if (losesAll)
        {
            await nodes.Redis.StartAsync();
        }
        else
        {
            nodes.Redis.Resume();
        }

        Assert.Equal("end", (await EndAsync(there))[^1]["event"]!["type"]!.GetValue<string>());
        nodes.Two.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("next"));
        using var next = await nodes.Two.ChatAsync(Streaming);
        Assert.Equal("next", SharedChannelTests.TextOf([await there.NextAsync()]));
    }

    private static async Task UntilRedisKnowsAsync(SharedNodes nodes, string streamId)
    {
        await using var link = nodes.Redis.Link();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await link.RunAsync(database => database.HashKeysAsync(link.Prefix + "{leases}:streams"), patience.Token)).Any(key => key.ToString().StartsWith(streamId, StringComparison.Ordinal)))
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Starts a stream on the node that is to be killed, which says one word and then nothing.</summary>
    private static async Task StreamThereAsync(SharedNodes nodes, NodeProcess killed)
    {
        nodes.One.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Hang());
        await PostThereAsync(killed);
    }

    private static async Task PostThereAsync(NodeProcess killed)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = killed.Address };
        using var body = new StringContent(ProxyHost.Envelope(Streaming), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var answer = await http.PostAsync(new Uri("stream/create", UriKind.Relative), body);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    /// <summary>The rest of the stream, without the notices that a new epoch began.</summary>
    private static async Task<List<JsonNode>> EndAsync(ChannelClient client) => (await SharedChannelTests.ReadAsync(client)).FindAll(frame => frame["event"] is not null);
}
