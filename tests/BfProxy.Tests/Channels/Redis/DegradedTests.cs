using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Telemetry;
using BfProxy.Tests.Host;
using BfProxy.Tests.Messaging;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Channels.Redis;

/// <summary>What a node does, tells and measures while it goes on alone.</summary>
public sealed class DegradedTests
{
    private const string Streaming = """ "model":"gpt-fake-1","stream":true """;
    private const int MaxUnsentBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_node_that_goes_on_alone_is_measured()
    {
        await using var nodes = await SharedNodes.StartAsync();
        using var measured = new Measured(nodes.One.Services.GetRequiredService<RedisMetrics>().Meter);
        await using var here = await nodes.One.ConnectAsync();
        nodes.One.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("before"));
        using (await nodes.One.ChatAsync(Streaming))
        {
            await SharedChannelTests.ReadAsync(here);
        }

        // A frame may be heard before the node that wrote it has counted it.
        Assert.True(SpinWait.SpinUntil(() => measured["bfproxy.redis.batches"] >= 2, LongEnough));
        Assert.InRange(measured["bfproxy.redis.batches"], 2, 4);
        Assert.Equal((0, 0), (measured["bfproxy.redis.degraded"], measured["bfproxy.redis.epochs"]));

        await nodes.Redis.StopAsync();
        await MeasuredAsync(nodes.One, measured, "bfproxy.redis.degraded", 1);
        nodes.One.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("alone"));
        using (await nodes.One.ChatAsync(Streaming))
        {
            await SharedChannelTests.ReadAsync(here);
        }

        Assert.Equal(1, measured["bfproxy.redis.epochs"]);
        await nodes.Redis.StartAsync();
        await MeasuredAsync(nodes.One, measured, "bfproxy.redis.degraded", 0);
        await MeasuredAsync(nodes.One, measured, "bfproxy.redis.unsent", 0);
    }

    [Fact]
    public async Task Text_that_waits_for_redis_is_bounded_and_the_stream_then_ends_by_name()
    {
        await using var nodes = await SharedNodes.StartAsync();
        using var measured = new Measured(nodes.One.Services.GetRequiredService<RedisMetrics>().Meter);
        await using var there = await nodes.Two.ConnectAsync();
        var gate = new Gate();
        var words = new string('x', 64 * 1024);
        nodes.One.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Wait(gate).Frames(Enumerable.Repeat(OpenAiFrames.Delta(words), 80)).Hang());
        using var answer = await nodes.One.ChatAsync(Streaming);
        var frames = new List<JsonNode> { await there.NextAsync() };
        Assert.Equal("some", SharedChannelTests.TextOf(frames));

        await nodes.Redis.StopAsync();
        gate.Release();
        await (await nodes.One.Provider.NextRequestAsync()).PeerGone.WaitAsync(LongEnough);
        Assert.InRange(measured["bfproxy.redis.unsent"], 0, MaxUnsentBytes);
        await nodes.Redis.StartAsync();

        frames.AddRange((await SharedChannelTests.ReadAsync(there)).FindAll(frame => frame["event"] is not null));
        Assert.Equal(["error", "end"], frames.TakeLast(2).Select(frame => frame["event"]!["type"]!.GetValue<string>()));
        Assert.Equal(503, frames[^2]["event"]!["error"]!["code"]!.GetValue<int>());
        Assert.True(SharedChannelTests.TextOf(frames).Length < MaxUnsentBytes);
        await MeasuredAsync(nodes.One, measured, "bfproxy.redis.unsent", 0);
    }

    [Fact]
    public async Task Over_server_sent_events_a_new_epoch_is_told_and_the_cursor_of_its_notice_is_good_to_come_back_to()
    {
        await using var nodes = await SharedNodes.StartAsync();
        string id;
        await using (var client = await EventStreamClient.ConnectAsync(nodes.One.Address, "?channel=open-a"))
        {
            using var measured = new Measured(nodes.One.Services.GetRequiredService<RedisMetrics>().Meter);
            await nodes.Redis.StopAsync();
            await MeasuredAsync(nodes.One, measured, "bfproxy.redis.degraded", 1);
            nodes.One.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("alone"));
            using var answer = await nodes.One.ChatAsync(Streaming, """["open-a"]""");

            var notice = JsonNode.Parse((await client.ReadAsync())!.Value.Data)!;
            Assert.Equal(("open-a", false, 0L), (notice["channel"]!.GetValue<string>(), notice["recovered"]!.GetValue<bool>(), notice["offset"]!.GetValue<long>()));
            Assert.NotEqual(client.Channel("open-a")["epoch"]!.GetValue<string>(), notice["epoch"]!.GetValue<string>());
            id = client.LastEventId;
            Assert.Equal("alone", (await client.ReadFrameAsync()).Content);
        }

        // Came back with where the notice left him: what was published since comes, once, and nothing is missing.
        await using var again = await EventStreamClient.ConnectAsync(nodes.One.Address, "?channel=open-a", id);
        Assert.True(again.Channel("open-a")["recovered"]!.GetValue<bool>());
        Assert.Equal("alone", (await again.ReadFrameAsync()).Content);
    }

    [Fact]
    public async Task Without_history_streams_are_live_on_every_node_and_nothing_is_replayed()
    {
        await using var nodes = await SharedNodes.StartAsync(new(StringComparer.Ordinal) { ["BfProxy:Channels:HistoryTtl"] = "00:00:00" });
        await using var here = await nodes.One.ConnectAsync();
        await using var there = await nodes.Two.ConnectAsync();
        nodes.One.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("one", " two"));
        using var answer = await nodes.One.ChatAsync(Streaming);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var (atOne, atTwo) = (await SharedChannelTests.ReadAsync(here), await SharedChannelTests.ReadAsync(there));
        Assert.All([atOne, atTwo], frames => Assert.Equal("one two", SharedChannelTests.TextOf(frames)));
        SharedChannelTests.Covers(atOne, 0);
        SharedChannelTests.Covers(atTwo, 0);

        await using var late = await nodes.Two.ConnectAsync();
        var position = late.Greeting["channels"]![1]!;
        var last = atTwo[^1]["offset"]!.GetValue<long>();
        Assert.Equal(last, position["offset"]!.GetValue<long>());
        Assert.False((await late.JoinAsync("anonymous", new JsonObject { ["streamId"] = atTwo[0]["streamId"]!.DeepClone() }))["recovered"]!.GetValue<bool>());
        Assert.False((await late.JoinAsync("anonymous", new JsonObject { ["epoch"] = position["epoch"]!.DeepClone(), ["offset"] = 0 }))["recovered"]!.GetValue<bool>());
        Assert.True((await late.JoinAsync("anonymous", new JsonObject { ["epoch"] = position["epoch"]!.DeepClone(), ["offset"] = last }))["recovered"]!.GetValue<bool>());

        nodes.Two.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("next"));
        using var next = await nodes.Two.ChatAsync(Streaming);
        Assert.Equal("next", SharedChannelTests.TextOf(await SharedChannelTests.ReadAsync(late)));
    }

    /// <summary>Asks until it is so; the question to the node is what passes the time.</summary>
    private static async Task MeasuredAsync(ProxyHost node, Measured measured, string name, long value)
    {
        using var patience = new CancellationTokenSource(LongEnough);
        while (measured[name] != value)
        {
            using var answer = await node.Http.GetAsync(new Uri("health/ready", UriKind.Relative), patience.Token);
        }
    }
}
