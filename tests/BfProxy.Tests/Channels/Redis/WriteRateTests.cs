using System.Text.Json.Nodes;
using BfProxy.Backplane;
using BfProxy.Telemetry;
using BfProxy.Tests.Backplane;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Channels.Redis;

/// <summary>However fast a provider is, a stream is written to Redis at most 25 times a second, and its first token at once.</summary>
public sealed class WriteRateTests
{
    private const int Bursts = 60;
    private const int BurstTokens = 100;
    private const int StepsPerBurst = 25;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_long_fast_stream_is_written_25_times_a_second_its_first_token_included()
    {
        await using var redis = new RedisServerOwner();
        await redis.Server.StartAsync();
        var time = new ManualTimeProvider();
        await using var node = await ProxyHost.StartAsync(new(StringComparer.Ordinal) { ["BfProxy:Backplane:Redis"] = redis.Server.ConnectionString }, time);
        using var measured = new Measured(node.Services.GetRequiredService<RedisMetrics>().Meter);
        await using var client = await node.ConnectAsync();
        var gates = Enumerable.Range(0, Bursts).Select(_ => new Gate()).ToList();
        var script = Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("first"));
        foreach (var gate in gates)
        {
            script = script.Wait(gate).Frames(Enumerable.Repeat(OpenAiFrames.Delta("x"), BurstTokens));
        }

        node.Provider.Script(OpenAiScripts.Path, script.Frames(OpenAiFrames.Chat(" end")));
        using var answer = await node.ChatAsync(""" "model":"gpt-fake-1","stream":true """);

        // Its first token comes while time stands still.
        Assert.Equal("first", SharedChannelTests.TextOf([await client.NextAsync()]));
        // A frame may be heard before the node that wrote it has counted it.
        Assert.True(SpinWait.SpinUntil(() => measured["bfproxy.redis.batches"] == 2, TimeSpan.FromSeconds(30)));
        var heard = 0;
        var rest = ReadAsync(client, length => Interlocked.Add(ref heard, length));
        await using var link = redis.Server.Link();
        var elapsed = TimeSpan.Zero;
        for (var step = 0; !rest.IsCompleted; step++)
        {
            if (step % StepsPerBurst == 0 && step / StepsPerBurst is < Bursts and var burst)
            {
                gates[burst].Release();
                // Time waits for the provider too: what it has said is heard, or stands ready to be written.
                await UntilAsync(() => burst == Bursts - 1 || Volatile.Read(ref heard) + measured["bfproxy.redis.unsent"] == (burst + 1) * BurstTokens, link);
            }

            time.Advance(Step);
            elapsed += Step;
            Assert.InRange(measured["bfproxy.redis.batches"], 2, MostAfter(elapsed));

            // Time moves on no faster than Redis answers.
            await link.RunAsync(static database => database.PingAsync(), default);
        }

        Assert.Equal(string.Concat(Enumerable.Repeat("x", Bursts * BurstTokens)) + " end", SharedChannelTests.TextOf(await rest));
        Assert.Equal(Bursts * BurstTokens + 3, (await rest)[^1]["offset"]!.GetValue<long>());
        Assert.InRange(measured["bfproxy.redis.batches"], Bursts / 4, Bursts);
    }

    /// <summary>One that makes the stream known and one of its first token, both at once; then one each interval, that of the first two included.</summary>
    /// <summary>Waits until it is so and stays so: what is being written may for a moment be counted on both sides.</summary>
    private static async Task UntilAsync(Func<bool> isSo, RedisLink link)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var times = 0; times < 3; times = isSo() ? times + 1 : 0)
        {
            await link.RunAsync(static database => database.PingAsync(), patience.Token);
        }
    }

    private static async Task<List<JsonNode>> ReadAsync(ChannelClient client, Action<int> heard)
    {
        var frames = new List<JsonNode>();
        do
        {
            frames.Add(await client.NextAsync());
            heard(SharedChannelTests.TextOf(frames.TakeLast(1)).Length);
        }
        while (frames[^1]["event"]!["type"]!.GetValue<string>() != "end");

        return frames;
    }

    private static long MostAfter(TimeSpan elapsed) => Math.Max(2, (long)(elapsed / Interval) + 1);

    private sealed class RedisServerOwner : IAsyncDisposable
    {
        public RedisServer Server { get; } = new();

        public async ValueTask DisposeAsync() => await ((IAsyncLifetime)Server).DisposeAsync();
    }
}
