using System.Net;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>The clocks, on manual time: each ends the attempt, by its own name, and the provider sees its caller go.</summary>
public sealed class ClockTests
{
    private const string Streaming = """ "model":"gpt-fake-1","stream":true """;
    private const string Buffered = """ "model":"gpt-fake-1" """;

    [Theory]
    [InlineData(Streaming)]
    [InlineData(Buffered)]
    public async Task Silence_before_headers_is_ended_by_the_first_token_clock(string payload)
    {
        var time = new ManualTimeProvider();
        await using var host = await ProxyHost.StartAsync(time: time);
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Empty.Wait(gate));

        var post = host.ChatAsync(payload);
        await gate.ReachedAsync();
        time.Advance(TimeSpan.FromSeconds(119));
        Assert.False(post.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));

        using var answer = await post;
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Contains("FirstToken", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await (await host.Provider.NextRequestAsync()).PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("silent after headers", "Idle")]
    [InlineData("silent in the middle", "Idle")]
    [InlineData("only comments", "FirstToken")]
    [InlineData("endless", "Total")]
    public async Task A_clock_that_runs_out_ends_the_stream_by_its_name(string provider, string clock)
    {
        var time = new ManualTimeProvider();
        await using var host = await ProxyHost.StartAsync(time: time);
        var gates = Enumerable.Range(0, 20).Select(_ => new Gate()).ToArray();
        host.Provider.Script(OpenAiScripts.Path, provider switch
        {
            "silent after headers" => Script.Sse().Wait(gates[0]),
            "silent in the middle" => Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some")).Wait(gates[0]),
            "only comments" => gates.Aggregate(Script.Sse(), (script, gate) => script.Text(": still thinking\n\n").Wait(gate)),
            _ => gates.Aggregate(Script.Sse(OpenAiFrames.Role()), (script, gate) => script.Frames(OpenAiFrames.Delta("more")).Wait(gate)),
        });
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(Streaming);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var seen = await host.Provider.NextRequestAsync();
        var step = provider == "endless" ? TimeSpan.FromSeconds(50) : TimeSpan.FromSeconds(31);
        foreach (var gate in gates)
        {
            var reached = gate.ReachedAsync();
            if (await Task.WhenAny(reached, seen.PeerGone) == seen.PeerGone)
            {
                break;
            }

            time.Advance(step);
            if (provider.StartsWith("silent", StringComparison.Ordinal))
            {
                time.Advance(step);
                break;
            }

            gate.Release();
        }

        var events = await client.ReadStreamAsync();
        Assert.Equal("error", events[^2]["type"]!.GetValue<string>());
        Assert.Equal(504, events[^2]["error"]!["code"]!.GetValue<int>());
        Assert.Contains(clock, events[^2].ToJsonString(), StringComparison.Ordinal);
        await seen.PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Any_byte_of_the_provider_resets_the_idle_clock()
    {
        var time = new ManualTimeProvider();
        await using var host = await ProxyHost.StartAsync(time: time);
        var gates = Enumerable.Range(0, 5).Select(_ => new Gate()).ToArray();
        host.Provider.Script(OpenAiScripts.Path, gates
            .Aggregate(Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("a")), (script, gate) => script.Text(": ping\n").Wait(gate))
            .Frames(OpenAiFrames.Delta("b"), OpenAiFrames.Finish(), OpenAiFrames.Done));
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(Streaming);
        foreach (var gate in gates)
        {
            await gate.ReachedAsync();
            time.Advance(TimeSpan.FromSeconds(45));
            gate.Release();
        }

        var events = await client.ReadStreamAsync();
        Assert.Equal("ab", ChannelClient.TextOf(events));
        Assert.Equal("stop", events[^1]["finish_reason"]!.GetValue<string>());
    }
}
