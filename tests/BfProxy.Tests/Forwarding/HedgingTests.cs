using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Forwarding;

/// <summary>A provider that keeps its first token for two seconds gets company; whoever brings content first goes on alone.</summary>
public sealed class HedgingTests
{
    private static readonly string Gemini = GeminiScripts.StreamPath();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3.7);

    private readonly ManualTimeProvider _time = new();

    public static TheoryData<string, bool> Ways() => new()
    {
        { "stream/create", true }, { "stream/create", false }, { "llm/query", true }, { "llm/query", false },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_second_wins_and_the_first_sees_that_it_is_left(string route, bool stream)
    {
        await using var host = await StartAsync();
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(gate).Frames(OpenAiFrames.Delta("slow")));
        host.Provider.Script(Gemini, GeminiScripts.Chat("fa", "st"));
        await using var client = await host.ConnectAsync();

        var post = host.PostAsync(route, Body(stream));
        await gate.ReachedAsync();
        await UntilAskedAsync(host, 2);
        using var answer = await post;

        Assert.Equal("fast", await TextAsync(answer, client, stream));
        await host.Provider.Requests[0].PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        await host.LoggedAsync("openai sent no content within 3.7 s; provider gemini is asked as well");
        await host.LoggedAsync("openai was slower than the other");
        await client.DisposeAsync();
        await AssertNothingIsLeftAsync(host);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_first_may_still_win_and_the_second_sees_that_it_is_left(string route, bool stream)
    {
        await using var host = await StartAsync();
        var (first, second) = (new Gate(), new Gate());
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(first).Frames(OpenAiFrames.Delta("late "), OpenAiFrames.Delta("but first"), OpenAiFrames.Finish(), OpenAiFrames.Usage(9, 2), OpenAiFrames.Done));
        host.Provider.Script(Gemini, Script.Sse().Wait(second));
        await using var client = await host.ConnectAsync();

        var post = host.PostAsync(route, Body(stream));
        await first.ReachedAsync();
        await UntilAskedAsync(host, 2);
        await second.ReachedAsync();
        first.Release();
        using var answer = await post;

        Assert.Equal("late but first", await TextAsync(answer, client, stream, completionTokens: 2));
        await host.Provider.Requests[1].PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        await client.DisposeAsync();
        await AssertNothingIsLeftAsync(host);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Where_both_bring_content_at_once_one_answer_comes_through_whole(string route, bool stream)
    {
        await using var host = await StartAsync();
        await using var client = await host.ConnectAsync();
        for (var round = 0; round < 10; round++)
        {
            var (first, second) = (new Gate(), new Gate());
            host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(first).Frames(OpenAiFrames.Chat("o", "n", "e")));
            host.Provider.Script(Gemini, Script.Sse().Wait(second).Frames(GeminiFrames.Chat("t", "w", "o")));

            var before = host.Provider.Requests.Count;
            var post = host.PostAsync(route, Body(stream));
            await first.ReachedAsync();
            await UntilAskedAsync(host, before + 2);
            await Task.WhenAll(first.ReachedAsync(), second.ReachedAsync());
            Parallel.Invoke(first.Release, second.Release);
            using var answer = await post;

            Assert.Contains(await TextAsync(answer, client, stream), (string[])["one", "two"]);
        }

        await client.DisposeAsync();
        await AssertNothingIsLeftAsync(host);
    }

    [Fact]
    public async Task A_first_token_in_time_has_no_company()
    {
        await using var host = await StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("in time"));

        using var answer = await host.PostAsync("stream/create", Body(stream: false));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Single(host.Provider.Requests);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Where_one_of_two_fails_the_other_answers(string route, bool stream)
    {
        await using var host = await StartAsync();
        var (first, second) = (new Gate(), new Gate());
        host.Provider.Script(OpenAiScripts.Path, Script.Empty.Wait(first).Status(500).SendHeaders());
        host.Provider.Script(Gemini, Script.Sse().Wait(second).Frames(GeminiFrames.Chat("instead")));
        await using var client = await host.ConnectAsync();

        var post = host.PostAsync(route, Body(stream));
        await first.ReachedAsync();
        await UntilAskedAsync(host, 2);
        first.Release();
        await host.Provider.Requests[0].Finished.WaitAsync(TimeSpan.FromSeconds(30));
        second.Release();
        using var answer = await post;

        Assert.Equal("instead", await TextAsync(answer, client, stream));
        await client.DisposeAsync();
        await AssertNothingIsLeftAsync(host);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Where_both_fail_the_next_one_answers(string route, bool stream)
    {
        await using var host = await StartAsync(new()
        {
            ["BfProxy:Providers:openai:Fallbacks:1:Provider"] = "anthropic",
            ["BfProxy:Providers:openai:Fallbacks:1:Model"] = "claude-fake",
        });
        var first = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Script.Empty.Wait(first).Status(500).SendHeaders());
        host.Provider.Script(Gemini, GeminiScripts.RateLimited());
        host.Provider.Script("/v1/messages", AnthropicScripts.Chat("third"));
        await using var client = await host.ConnectAsync();

        var post = host.PostAsync(route, Body(stream));
        await first.ReachedAsync();
        await UntilAskedAsync(host, 2);
        first.Release();
        using var answer = await post;

        Assert.Equal("third", await TextAsync(answer, client, stream));
        Assert.Equal([OpenAiScripts.Path, Gemini, "/v1/messages"], host.Provider.Requests.Select(request => request.Path));
        await client.DisposeAsync();
        await AssertNothingIsLeftAsync(host);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("drain")]
    [InlineData("first-token clocks")]
    public async Task What_ends_the_stream_ends_both(string how)
    {
        await using var host = await StartAsync();
        var (first, second) = (new Gate(), new Gate());
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(first));
        host.Provider.Script(Gemini, Script.Sse().Wait(second));
        await using var client = await host.ConnectAsync();

        using var answer = await host.PostAsync("stream/create", Body(stream: true));
        var id = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["streamId"]!.GetValue<string>();
        await UntilAskedAsync(host, 2);
        await second.ReachedAsync();
        var bothGone = Task.WhenAll(host.Provider.Requests.Select(request => request.PeerGone));
        if (how == "stop")
        {
            using var stop = await host.PostAsync("llm/query/stop", $$"""{"streamId":"{{id}}"}""");
        }
        else if (how == "drain")
        {
            await host.StopAsync();
        }
        else
        {
            await AdvanceUntilAsync(host, () => bothGone.IsCompleted, step: 30);
        }

        await bothGone.WaitAsync(TimeSpan.FromSeconds(30));
        var events = await client.ReadStreamAsync();
        Assert.Equal(how == "stop" ? "stopped" : "error", events[^1]["finish_reason"]!.GetValue<string>());
        Assert.Equal(how == "stop" ? 1 : 2, events.Count);
        await client.DisposeAsync();
        await AssertNothingIsLeftAsync(host);
    }

    [Fact]
    public async Task A_caller_who_leaves_leaves_both()
    {
        await using var host = await StartAsync();
        var (first, second) = (new Gate(), new Gate());
        host.Provider.Script(OpenAiScripts.Path, Script.Empty.Wait(first));
        host.Provider.Script(Gemini, Script.Empty.Wait(second));
        using var leaves = new CancellationTokenSource();

        var post = host.PostAsync("stream/create", Body(stream: true), leaves.Token);
        await first.ReachedAsync();
        await UntilAskedAsync(host, 2);
        await second.ReachedAsync();
        await leaves.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => post);
        await Task.WhenAll(host.Provider.Requests.Select(request => request.PeerGone)).WaitAsync(TimeSpan.FromSeconds(30));
        await AssertNothingIsLeftAsync(host);
    }

    [Theory]
    [InlineData("00:00:00", true)]
    [InlineData("00:00:02", false)]
    public async Task Hedging_that_cannot_work_is_told_at_start(string after, bool hasFallback)
    {
        var fault = await Assert.ThrowsAsync<ConfigurationFaultException>(() => ProxyHost.StartAsync(new()
        {
            ["BfProxy:Providers:openai:HedgeAfter"] = after,
            [hasFallback ? "BfProxy:Providers:openai:Fallbacks:0:Provider" : "BfProxy:Providers:gemini:Fallbacks:0:Provider"] = "anthropic",
        }));

        Assert.Contains("openai:HedgeAfter", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>The text of the one answer; of a stream with its usage, which is the winner's.</summary>
    private static async Task<string> TextAsync(HttpResponseMessage answer, ChannelClient client, bool stream, int? completionTokens = null)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, body);
        if (!stream)
        {
            var completion = JsonNode.Parse(body)!;
            completion = completion["data"] ?? completion;
            Assert.Equal(completionTokens ?? completion["usage"]!["completion_tokens"]!.GetValue<int>(), completion["usage"]!["completion_tokens"]!.GetValue<int>());
            return completion["choices"]![0]!["message"]!["content"]!.GetValue<string>();
        }

        var events = await client.ReadStreamAsync();
        Assert.Equal("stop", events[^1]["finish_reason"]!.GetValue<string>());
        Assert.Single(events, e => e["type"]!.GetValue<string>() == "end");
        Assert.Equal(completionTokens ?? events[^1]["usage"]!["completion_tokens"]!.GetValue<int>(), events[^1]["usage"]!["completion_tokens"]!.GetValue<int>());
        return ChannelClient.TextOf(events);
    }

    private Task<ProxyHost> StartAsync(Dictionary<string, string?>? more = null)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BfProxy:Providers:openai:HedgeAfter"] = "00:00:03.7",
            ["BfProxy:Providers:openai:Timeouts:FirstToken"] = "00:10:00",
            ["BfProxy:Providers:openai:Timeouts:Idle"] = "00:20:00",
            ["BfProxy:Providers:gemini:Timeouts:FirstToken"] = "00:10:00",
            ["BfProxy:Providers:gemini:Timeouts:Idle"] = "00:20:00",
            ["BfProxy:Providers:openai:Fallbacks:0:Provider"] = "gemini",
            ["BfProxy:Providers:openai:Fallbacks:0:Model"] = GeminiFrames.Model,
        };
        foreach (var (key, value) in more ?? [])
        {
            settings[key] = value;
        }

        return ProxyHost.StartAsync(settings, _time);
    }

    private static string Body(bool stream) => ProxyHost.Envelope($""" "model":"gpt-fake-1","stream":{(stream ? "true" : "false")} """);

    private static async Task AssertNothingIsLeftAsync(ProxyHost host)
    {
        foreach (var request in host.Provider.Requests)
        {
            await request.Finished.WaitAsync(TimeSpan.FromSeconds(30));
        }

        await host.StopAsync();
        Assert.Equal(0, host.Services.GetRequiredService<RunningStreams>().Count);
    }

    /// <summary>Lets the patience with the first provider run out. It is so odd that no timer which comes again and again is ever as far off.</summary>
    private async Task UntilAskedAsync(ProxyHost host, int requests)
    {
        await _time.TimerAsync(Patience);
        _time.Advance(Patience);
        await host.Provider.RequestsAsync(requests);
    }

    private async Task AdvanceUntilAsync(ProxyHost host, Func<bool> isSo, int step)
    {
        for (var i = 0; i < 300 && !isSo(); i++)
        {
            using var live = await host.Http.GetAsync(new Uri("health/live", UriKind.Relative));
            _time.Advance(TimeSpan.FromSeconds(step));
        }
    }
}
