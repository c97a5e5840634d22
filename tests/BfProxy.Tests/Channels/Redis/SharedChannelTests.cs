using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Channels.Redis;

/// <summary>Two nodes, one Redis: what is published on one is on the other, once and in one order.</summary>
public sealed class SharedChannelTests
{
    private const string Streaming = """ "model":"gpt-fake-1","stream":true """;

    [Fact]
    public async Task A_stream_reaches_listeners_on_every_node_alike()
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var here = await nodes.One.ConnectAsync();
        await using var there = await nodes.Two.ConnectAsync();
        nodes.One.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("A", " fun", " fact", " 日本"));

        using var answer = await nodes.One.ChatAsync(Streaming);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var (atOne, atTwo) = (await ReadAsync(here), await ReadAsync(there));
        Assert.Equal("A fun fact 日本", TextOf(atOne));
        Assert.Equal(atOne.Select(frame => frame.ToJsonString()), atTwo.Select(frame => frame.ToJsonString()));
        Covers(atOne, 0);
    }

    [Fact]
    public async Task Streams_of_both_nodes_have_one_order_on_both()
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var here = await nodes.One.ConnectAsync();
        await using var there = await nodes.Two.ConnectAsync();
        string[] words = [.. Enumerable.Range(0, 200).Select(i => $" {i}")];
        const int streams = 8;
        foreach (var node in (ProxyHost[])[nodes.One, nodes.Two])
        {
            for (var i = 0; i < streams; i++)
            {
                node.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat(words));
            }
        }

        var posts = Enumerable.Range(0, 2 * streams).Select(i => (i % 2 == 0 ? nodes.One : nodes.Two).ChatAsync(Streaming));
        foreach (var answer in await Task.WhenAll(posts))
        {
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            answer.Dispose();
        }

        var (atOne, atTwo) = (await ReadAsync(here, 2 * streams), await ReadAsync(there, 2 * streams));
        Covers(atOne, 0);
        Covers(atTwo, 0);
        Assert.Equal(Order(atOne), Order(atTwo));
        foreach (var stream in atTwo.GroupBy(frame => frame["streamId"]!.GetValue<string>()))
        {
            Assert.Equal(string.Concat(words), TextOf(stream));
        }
    }

    [Fact]
    public async Task Who_comes_back_on_another_node_gets_what_was_missed_and_nothing_twice()
    {
        await using var nodes = await SharedNodes.StartAsync();
        var gate = new Gate();
        nodes.One.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate).Frames(OpenAiFrames.Chat(" two", " three")));
        JsonNode joined, first;
        await using (var client = await nodes.One.ConnectAsync())
        {
            joined = await client.JoinAsync("open-room");
            using var answer = await nodes.One.ChatAsync(Streaming, """["open-room"]""");
            first = await client.NextAsync();
            Assert.Equal("one", TextOf([first]));
        }

        gate.Release();
        await using var other = await nodes.Two.ConnectAsync();
        var back = await other.JoinAsync("open-room", new JsonObject { ["epoch"] = joined["epoch"]!.DeepClone(), ["offset"] = first["offset"]!.DeepClone() });

        Assert.True(back["recovered"]!.GetValue<bool>());
        var rest = await ReadAsync(other);
        Assert.Equal(" two three", TextOf(rest));
        Covers(rest, first["offset"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_stream_that_began_on_another_node_is_replayed_from_its_first_token()
    {
        await using var nodes = await SharedNodes.StartAsync(new(StringComparer.Ordinal) { ["BfProxy:Channels:HistorySize"] = "4" });
        var gate = new Gate();
        var half = Enumerable.Range(0, 100).Select(i => OpenAiFrames.Delta($" {i}")).ToArray();
        var script = Script.Sse(OpenAiFrames.Role());
        foreach (var word in half)
        {
            script = script.Frames(word);
        }

        nodes.One.Provider.Script(OpenAiScripts.Path, script.Wait(gate).Frames(OpenAiFrames.Chat(" end")));
        await using var here = await nodes.One.ConnectAsync();
        using var answer = await nodes.One.ChatAsync(Streaming);
        var streamId = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["streamId"]!.GetValue<string>();
        // Once it is heard it is in Redis; what comes there later might reach the late one before his join is answered.
        for (var heard = 0; heard < Enumerable.Range(0, 100).Sum(i => $" {i}".Length);)
        {
            heard += TextOf([await here.NextAsync()]).Length;
        }

        await using var late = await nodes.Two.ConnectAsync();
        var reply = await late.JoinAsync("anonymous", new JsonObject { ["streamId"] = streamId });
        gate.Release();

        Assert.True(reply["recovered"]!.GetValue<bool>());
        Assert.Equal(string.Concat(Enumerable.Range(0, 100).Select(i => $" {i}")) + " end", TextOf(await ReadAsync(late)));

        // And after its end, on a node that had nobody on the channel before.
        await using var third = await SharedNodes.StartNodeAsync(nodes.Redis, new(StringComparer.Ordinal) { ["BfProxy:Channels:HistorySize"] = "4" });
        await using var later = await third.ConnectAsync();
        Assert.True((await later.JoinAsync("anonymous", new JsonObject { ["streamId"] = streamId }))["recovered"]!.GetValue<bool>());
        Assert.Equal(string.Concat(Enumerable.Range(0, 100).Select(i => $" {i}")) + " end", TextOf(await ReadAsync(later)));
    }

    [Fact]
    public async Task Visitors_on_different_nodes_talk_to_each_other()
    {
        await using var nodes = await SharedNodes.StartAsync();
        await using var here = await nodes.One.ConnectAsync();
        await using var there = await nodes.Two.ConnectAsync();
        await here.JoinAsync("open-chat");
        await there.JoinAsync("open-chat");

        await here.CommandAsync("messageSendAnonChannel", new JsonObject { ["channels"] = new JsonArray("open-chat"), ["model"] = new JsonObject { ["text"] = "日本" } });

        var frame = await there.NextAsync();
        Assert.Equal("日本", frame["message"]!["model"]!["text"]!.GetValue<string>());
        Assert.Equal(here.ConnectionId, frame["from"]!["connectionId"]!.GetValue<string>());
        Assert.Equal(frame.ToJsonString(), (await here.NextAsync()).ToJsonString());
    }

    /// <summary>Frames up to the end of so many streams.</summary>
    internal static async Task<List<JsonNode>> ReadAsync(ChannelClient client, int streams = 1)
    {
        var frames = new List<JsonNode>();
        while (streams > 0)
        {
            var frame = await client.NextAsync();
            frames.Add(frame);
            streams -= frame["event"]?["type"]?.GetValue<string>() == "end" ? 1 : 0;
        }

        return frames;
    }

    internal static string TextOf(IEnumerable<JsonNode> frames) => ChannelClient.TextOf(frames.Select(frame => frame["event"]!));

    /// <summary>Each offset after <paramref name="after"/> is covered, once and in order.</summary>
    internal static void Covers(IEnumerable<JsonNode> frames, long after)
    {
        foreach (var frame in frames)
        {
            Assert.Equal(after + 1, (frame["from"] ?? frame["offset"])!.GetValue<long>());
            after = frame["offset"]!.GetValue<long>();
        }
    }

    private static IEnumerable<(long Offset, string StreamId)> Order(IEnumerable<JsonNode> frames) =>
        from frame in frames
        let last = frame["offset"]!.GetValue<long>()
        let first = frame["from"]?.GetValue<long>() ?? last
        from offset in Enumerable.Range(0, (int)(last - first) + 1)
        select (first + offset, frame["streamId"]!.GetValue<string>());
}
