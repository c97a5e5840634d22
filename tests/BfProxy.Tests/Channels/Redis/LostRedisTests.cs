using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Tests.Backplane;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Channels.Redis;

/// <summary>What clients see while Redis is away, paused, or back without what it held: nothing waits, and nothing is lost in silence.</summary>
public sealed class LostRedisTests
{
    private const string Streaming = """ "model":"gpt-fake-1","stream":true """;

    [Fact]
    public async Task Without_redis_a_node_goes_on_alone_and_says_so_and_all_share_again_when_it_is_back()
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var here = await nodes.One.ConnectAsync();
        await using var there = await nodes.Two.ConnectAsync();
        await StreamAsync(nodes.One, "before");
        Assert.Equal("before", SharedChannelTests.TextOf(await SharedChannelTests.ReadAsync(here)));
        Assert.Equal("before", SharedChannelTests.TextOf(await SharedChannelTests.ReadAsync(there)));

        await nodes.Redis.StopAsync();
        await HealthAsync(nodes.One, "degraded");
        await StreamAsync(nodes.One, "alone");

        var notice = await here.NextAsync();
        Assert.False(notice["recovered"]!.GetValue<bool>());
        Assert.Equal(0, notice["offset"]!.GetValue<long>());
        Assert.NotEqual(Epoch(Anonymous(here.Greeting)), Epoch(notice));
        var alone = await SharedChannelTests.ReadAsync(here);
        Assert.Equal("alone", SharedChannelTests.TextOf(alone));
        SharedChannelTests.Covers(alone, 0);
        await using (var newcomer = await nodes.One.ConnectAsync())
        {
            Assert.Equal(Epoch(notice), Epoch(Anonymous(newcomer.Greeting)));
        }

        await nodes.Redis.StartAsync();
        await HealthAsync(nodes.One, "ready");
        await HealthAsync(nodes.Two, "ready");
        var (newHere, newThere) = (await NoticeAsync(here), await NoticeAsync(there));
        while (Epoch(newHere) != Epoch(newThere))
        {
            // Both nodes come back at once: the one that has something to confess begins the epoch that both keep. Until then how its stream ended may be heard too.
            newThere = await NoticeAsync(there, maySayEnd: true);
        }

        Assert.False(newHere["recovered"]!.GetValue<bool>());
        await StreamAsync(nodes.Two, "after");
        var (atOne, atTwo) = (await EventsAsync(here, streams: 2), await EventsAsync(there, streams: 2));

        // How the other one ended is said again, for whoever may have moved here meanwhile.
        var again = Assert.Single(atTwo, frame => frame["streamId"]!.ToString() == alone[^1]["streamId"]!.ToString());
        Assert.Equal((alone[^1]["event"]!.ToJsonString(), alone[^1]["seq"]!.ToString()), (again["event"]!.ToJsonString(), again["seq"]!.ToString()));
        Assert.Equal("after", SharedChannelTests.TextOf(atTwo.Where(frame => frame != again)));
        Assert.Equal(atTwo.Select(frame => frame.ToJsonString()), atOne.Select(frame => frame.ToJsonString()));
        SharedChannelTests.Covers(atOne, newHere["offset"]!.GetValue<long>());
    }

    [Fact]
    public async Task Who_moved_to_another_node_hears_how_a_stream_ended_that_ended_on_a_node_alone()
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var stays = await nodes.One.ConnectAsync();
        await nodes.Redis.StopAsync();
        await HealthAsync(nodes.One, "degraded");
        await HealthAsync(nodes.Two, "degraded");
        var gate = new Gate();
        nodes.One.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("alone")).Wait(gate).Frames(OpenAiFrames.Chat(" on")));
        using var answer = await nodes.One.ChatAsync(Streaming);
        await using (var moves = await nodes.One.ConnectAsync())
        {
            await NoticeAsync(stays);
            await stays.NextAsync();
        }

        await using var moved = await nodes.Two.ConnectAsync();
        gate.Release();
        var end = (await SharedChannelTests.ReadAsync(stays))[^1];

        await nodes.Redis.StartAsync();

        var heard = Assert.Single(await EventsAsync(moved));
        Assert.Equal(end["event"]!.ToJsonString(), heard["event"]!.ToJsonString());
        Assert.Equal((end["streamId"]!.ToString(), end["seq"]!.ToString()), (heard["streamId"]!.ToString(), heard["seq"]!.ToString()));
    }

    [Fact]
    public async Task A_redis_that_was_paused_for_a_moment_loses_nothing()
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var here = await nodes.One.ConnectAsync();
        await using var there = await nodes.Two.ConnectAsync();
        var (gate, last) = (new Gate(), new Gate());
        nodes.One.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate).Frames(OpenAiFrames.Delta(" two")).Wait(last).Frames(OpenAiFrames.Chat(" three")));
        using var answer = await nodes.One.ChatAsync(Streaming);
        var first = await there.NextAsync();

        nodes.Redis.Pause();
        gate.Release();
        await last.ReachedAsync();
        nodes.Redis.Resume();
        last.Release();

        foreach (var client in (ChannelClient[])[here, there])
        {
            List<JsonNode> frames = [.. client == there ? [first] : Array.Empty<JsonNode>(), .. await SharedChannelTests.ReadAsync(client)];
            Assert.Equal("one two three", SharedChannelTests.TextOf(frames));
            SharedChannelTests.Covers(frames, 0);
        }
    }

    [Fact]
    public async Task A_paused_redis_holds_up_neither_the_provider_nor_those_who_come()
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var here = await nodes.One.ConnectAsync();
        var (gate, end) = (new Gate(), new Gate());
        var words = Enumerable.Range(0, 2000).Select(i => OpenAiFrames.Delta($" {i}"));
        nodes.One.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate).Frames(words).Wait(end).Frames(OpenAiFrames.Chat(" end")));
        using var answer = await nodes.One.ChatAsync(Streaming);
        Assert.Equal("one", SharedChannelTests.TextOf([await here.NextAsync()]));

        nodes.Redis.Pause();
        gate.Release();
        await end.ReachedAsync();
        await using var newcomer = await nodes.One.ConnectAsync();
        var reply = await newcomer.JoinAsync("open-new", "start");
        Assert.True(reply["ok"]!.GetValue<bool>());
        end.Release();

        var notice = await here.NextAsync();
        Assert.False(notice["recovered"]!.GetValue<bool>());
        var rest = await SharedChannelTests.ReadAsync(here);
        Assert.Equal(string.Concat(Enumerable.Range(0, 2000).Select(i => $" {i}")) + " end", SharedChannelTests.TextOf(rest));
    }

    [Fact]
    public async Task A_redis_that_lost_what_it_held_begins_a_new_epoch_and_the_stream_goes_on()
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var here = await nodes.One.ConnectAsync();
        await using var there = await nodes.Two.ConnectAsync();
        var gate = new Gate();
        nodes.One.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate).Frames(OpenAiFrames.Chat(" two")));
        using var answer = await nodes.One.ChatAsync(Streaming);
        var first = await here.NextAsync();
        await there.NextAsync();

        await using (var link = nodes.Redis.Link())
        {
            await link.RunAsync(database => database.ExecuteAsync("FLUSHALL"), default);
        }

        gate.Release();
        foreach (var client in (ChannelClient[])[here, there])
        {
            var notice = await client.NextAsync();
            Assert.False(notice["recovered"]!.GetValue<bool>());
            var rest = await SharedChannelTests.ReadAsync(client);
            Assert.Equal(" two", SharedChannelTests.TextOf(rest));
            SharedChannelTests.Covers(rest, notice["offset"]!.GetValue<long>());
        }

        // Who comes back with what he knew of the old epoch is not told that nothing is missing.
        await using var back = await nodes.Two.ConnectAsync();
        var reply = await back.JoinAsync("anonymous", new JsonObject { ["epoch"] = Anonymous(here.Greeting)["epoch"]!.DeepClone(), ["offset"] = first["offset"]!.DeepClone() });
        Assert.False(reply["recovered"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_redis_that_is_emptied_under_its_nodes_is_noticed_where_nothing_is_said()
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var here = await nodes.One.ConnectAsync();
        await using var there = await nodes.Two.ConnectAsync();
        await StreamAsync(nodes.One, "before");
        await EventsAsync(here);
        await EventsAsync(there);

        await using (var link = nodes.Redis.Link())
        {
            await link.RunAsync(database => database.ExecuteAsync("FLUSHALL"), default);
        }

        var (atOne, atTwo) = (await NoticeAsync(here), await NoticeAsync(there));
        Assert.Equal((false, 0L), (atOne["recovered"]!.GetValue<bool>(), atOne["offset"]!.GetValue<long>()));
        Assert.NotEqual(Epoch(Anonymous(here.Greeting)), Epoch(atOne));
        Assert.Equal(Epoch(atOne), Epoch(atTwo));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_ended_on_a_node_alone_ends_as_it_did_on_the_others_once_redis_is_back(bool losesAll)
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var here = await nodes.One.ConnectAsync();
        await using var there = await nodes.Two.ConnectAsync();
        var gate = new Gate();
        nodes.One.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate).Frames(OpenAiFrames.Chat(" two")));
        using var answer = await nodes.One.ChatAsync(Streaming);
        var first = await there.NextAsync();

        await (losesAll ? nodes.Redis.StopAsync() : PauseAsync(nodes.Redis));
        await HealthAsync(nodes.One, "degraded");
        gate.Release();
        var alone = await EventsAsync(here);
        Assert.Equal("one two", SharedChannelTests.TextOf(alone));
        await (losesAll ? nodes.Redis.StartAsync() : ResumeAsync(nodes.Redis));

        // Told first that something may be missing: it is, and the seq says so.
        await NoticeAsync(there);
        var ends = await EventsAsync(there);
        Assert.Equal("stop", Assert.Single(ends)["event"]!["finish_reason"]!.GetValue<string>());
        Assert.Equal(first["streamId"]!.GetValue<string>(), ends[0]["streamId"]!.GetValue<string>());
        Assert.Equal(alone[^1]["seq"]!.GetValue<int>(), ends[0]["seq"]!.GetValue<int>());

        // Who had it already sees the same once more, under the seq that it had, and nobody sees it a third time.
        Assert.Equal(ends[0].ToJsonString(), Assert.Single(await EventsAsync(here)).ToJsonString());
        await StreamAsync(nodes.Two, "next");
        Assert.Equal("next", SharedChannelTests.TextOf(await EventsAsync(here)));
        Assert.Equal("next", SharedChannelTests.TextOf(await EventsAsync(there)));
    }

    [Fact]
    public async Task A_node_starts_and_serves_without_its_redis()
    {
        await using var nodes = await SharedNodes.StartAsync();
        await nodes.Redis.StopAsync();
        await using var node = await SharedNodes.StartNodeAsync(nodes.Redis);
        await using var client = await node.ConnectAsync();
        await HealthAsync(node, "degraded");
        await StreamAsync(node, "alone");
        Assert.Equal("alone", SharedChannelTests.TextOf(await SharedChannelTests.ReadAsync(client)));
    }

    /// <summary>What is said of the channel <c>anonymous</c>; the private ones begin anew too.</summary>
    private static async Task<JsonNode> NoticeAsync(ChannelClient client, bool maySayEnd = false)
    {
        JsonNode notice;
        do
        {
            notice = await client.NextAsync();
            Assert.True(notice["epoch"] is not null || (maySayEnd && notice["event"]!["type"]!.GetValue<string>() == "end"), notice.ToJsonString());
        }
        while (notice["epoch"] is null || notice["channel"]!.GetValue<string>() != "anonymous");

        return notice;
    }

    private static async Task<List<JsonNode>> EventsAsync(ChannelClient client, int streams = 1) => (await SharedChannelTests.ReadAsync(client, streams)).FindAll(frame => frame["event"] is not null);

    private static Task PauseAsync(RedisServer redis)
    {
        redis.Pause();
        return Task.CompletedTask;
    }

    private static Task ResumeAsync(RedisServer redis)
    {
        redis.Resume();
        return Task.CompletedTask;
    }

    private static JsonNode Anonymous(JsonNode greeting) => greeting["channels"]![1]!;

    private static string Epoch(JsonNode position) => position["epoch"]!.GetValue<string>().Split('.')[0];

    private static async Task StreamAsync(ProxyHost node, string text)
    {
        node.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat(text));
        using var answer = await node.ChatAsync(Streaming);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    private static async Task HealthAsync(ProxyHost node, string status)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        string body;
        do
        {
            using var answer = await node.Http.GetAsync(new Uri("health/ready", UriKind.Relative), patience.Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            body = await answer.Content.ReadAsStringAsync(patience.Token);
        }
        while (!body.Contains(status, StringComparison.Ordinal));
    }
}
