using System.Net;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>The clocks, on manual time: each ends the attempt, by its own name, and the provider sees its caller go.</summary>
public sealed class ClockTests
{
    private const string Streaming = """ "model":"gpt-fake-1","stream":true """;
    /// <summary>When the idle clock looks again once the headers are here: they have been seen where such a timer is set.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(60_001);

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
    [InlineData("")]
    [InlineData("some")]
    public async Task Silence_after_headers_or_in_the_middle_is_ended_by_the_idle_clock(string text)
    {
        var time = new ManualTimeProvider();
        await using var host = await ProxyHost.StartAsync(time: time);
        var gate = new Gate();
        string[] frames = text.Length == 0 ? [] : [OpenAiFrames.Role(), OpenAiFrames.Delta(text)];
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(frames).Wait(gate));
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(Streaming);
        await gate.ReachedAsync();
        if (text.Length > 0)
        {
            Assert.Equal(text, (await client.NextAsync())["event"]!["content"]!.GetValue<string>());
        }

        time.Advance(TimeSpan.FromSeconds(62));

        await AssertEndedByAsync("Idle", host, client);
    }

    [Theory]
    [InlineData("FirstToken", 50)]
    [InlineData("Total", 50)]
    public async Task A_provider_that_never_falls_silent_is_ended_by_the_other_clocks(string clock, int seconds)
    {
        var time = new ManualTimeProvider();
        await using var host = await ProxyHost.StartAsync(time: time);
        var gates = Enumerable.Range(0, 25).Select(_ => (First: new Gate(), Second: new Gate())).ToArray();
        var chunk = clock == "Total" ? OpenAiFrames.Delta("more") : ": still thinking\n\n";
        host.Provider.Script(OpenAiScripts.Path, gates.Aggregate(Script.Sse(), (script, gate) => script.Wait(gate.First).Text(chunk).Wait(gate.Second).Text(chunk)).Hang());
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(Streaming);
        var seen = await host.Provider.NextRequestAsync();
        foreach (var gate in gates)
        {
            if (await Task.WhenAny(gate.First.ReachedAsync(), seen.PeerGone) == seen.PeerGone)
            {
                break;
            }

            await Task.WhenAny(SendAsync(gate, time), seen.PeerGone);
            time.Advance(TimeSpan.FromSeconds(seconds));
        }

        await AssertEndedByAsync(clock, host, client);
    }

    [Fact]
    public async Task A_refusal_keeps_its_status_though_its_words_never_end()
    {
        var time = new ManualTimeProvider();
        await using var host = await ProxyHost.StartAsync(time: time);
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Empty.Status(429, "application/json").Header("Retry-After", "7").SendHeaders().Text("{\"error\":").Wait(gate));

        var post = host.ChatAsync(Streaming);
        await gate.ReachedAsync();
        await time.TimerAsync(Idle);
        time.Advance(Idle);

        using var answer = await post.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), answer.Headers.RetryAfter!.Delta);
    }

    [Theory]
    [InlineData(Streaming)]
    [InlineData(Buffered)]
    public async Task A_provider_that_does_not_close_after_its_last_word_is_left_long_before_the_idle_clock(string payload)
    {
        var time = new ManualTimeProvider();
        await using var host = await ProxyHost.StartAsync(time: time);
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Chat("all")).Hang());

        var post = host.ChatAsync(payload);
        var seen = await host.Provider.NextRequestAsync();
        await time.TimerAsync(TimeSpan.FromSeconds(2));
        time.Advance(TimeSpan.FromSeconds(2));
        await seen.PeerGone.WaitAsync(TimeSpan.FromSeconds(30));

        using var answer = await post;
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task Any_byte_of_the_provider_resets_the_idle_clock()
    {
        var time = new ManualTimeProvider();
        await using var host = await ProxyHost.StartAsync(time: time);
        var gates = Enumerable.Range(0, 6).Select(_ => (First: new Gate(), Second: new Gate())).ToArray();
        host.Provider.Script(OpenAiScripts.Path, gates
            .Aggregate(Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("a")), (script, gate) => script.Wait(gate.First).Text(": ping\n").Wait(gate.Second).Text(": ping\n"))
            .Frames("\n" + OpenAiFrames.Delta("b"), OpenAiFrames.Finish(), OpenAiFrames.Done));
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(Streaming);
        Assert.Equal("a", (await client.NextAsync())["event"]!["content"]!.GetValue<string>());
        foreach (var gate in gates)
        {
            await SendAsync(gate, time);
            time.Advance(TimeSpan.FromSeconds(45));
        }

        var events = await client.ReadStreamAsync();
        Assert.Equal("b", ChannelClient.TextOf(events));
        Assert.Equal("stop", events[^1]["finish_reason"]!.GetValue<string>());
    }

    /// <summary>
    /// Lets the provider send its next bytes, twice, and waits until the proxy has taken the time at which they came: with the second ones it is certain
    /// that the time of the first, which is the same, was not only taken but noted.
    /// </summary>
    private static async Task SendAsync((Gate First, Gate Second) gates, ManualTimeProvider time)
    {
        foreach (var gate in (Gate[])[gates.First, gates.Second])
        {
            await gate.ReachedAsync();
            var before = time.Timestamps;
            gate.Release();
            await time.TimestampAsync(before);
        }
    }

    private static async Task AssertEndedByAsync(string clock, ProxyHost host, ChannelClient client)
    {
        var events = await client.ReadStreamAsync();
        Assert.Equal("error", events[^2]["type"]!.GetValue<string>());
        Assert.Equal(504, events[^2]["error"]!["code"]!.GetValue<int>());
        Assert.Contains(clock, events[^2].ToJsonString(), StringComparison.Ordinal);
        await host.Provider.Requests[0].PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
