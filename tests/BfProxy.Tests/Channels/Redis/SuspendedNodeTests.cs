using System.Text.Json.Nodes;
using BfProxy.Backplane;
using BfProxy.Tests.Backplane;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Channels.Redis;

/// <summary>A node whose clock stood still for longer than its leases: suspended, or short of everything.</summary>
public sealed class SuspendedNodeTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task A_node_does_not_end_its_own_streams_over_leases_that_ran_out_meanwhile()
    {
        var time = new ManualTimeProvider();
        await using var node = await ProxyHost.StartAsync(new(StringComparer.Ordinal) { ["BfProxy:Backplane:Redis"] = redis.ConnectionString }, time);
        await using var client = await node.ConnectAsync();
        await using var link = redis.Link();
        var gate = new Gate();
        node.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("one")).Wait(gate).Frames(OpenAiFrames.Chat(" two")));
        using var answer = await node.ChatAsync(""" "model":"gpt-fake-1","stream":true """);
        var streamId = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["streamId"]!.GetValue<string>();
        Assert.Equal("one", SharedChannelTests.TextOf([await client.NextAsync()]));

        await link.RunAsync(database => database.SortedSetAddAsync(Leases(link), streamId, 1), default);
        time.Advance(TimeSpan.FromSeconds(1));
        await UntilRenewedAsync(link, streamId);
        gate.Release();

        var rest = SharedChannelTests.ReadAsync(client);
        while (!rest.IsCompleted)
        {
            // Time moves on no faster than Redis answers.
            time.Advance(TimeSpan.FromMilliseconds(10));
            await link.RunAsync(static database => database.PingAsync(), default);
        }

        var frames = await rest;
        Assert.DoesNotContain(frames, static frame => frame["event"]!["type"]!.GetValue<string>() == "error");
        Assert.Equal(" two", SharedChannelTests.TextOf(frames));
    }

    private static async Task UntilRenewedAsync(RedisLink link, string streamId)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await DueAsync(link, streamId) <= 1)
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task<double> DueAsync(RedisLink link, string streamId) =>
        await link.RunAsync(database => database.SortedSetScoreAsync(Leases(link), streamId), default) ?? 0;

    private static string Leases(RedisLink link) => link.Prefix + "{leases}:due";
}
