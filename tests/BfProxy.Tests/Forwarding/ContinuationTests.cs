using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Forwarding;

/// <summary>A streamed answer that breaks off in the middle is gone on with by another provider, where that is wanted; pages see one answer.</summary>
public sealed class ContinuationTests
{
    private const string Messages = "/v1/messages";
    private static readonly string Gemini = GeminiScripts.StreamPath();
    private static readonly Script Half = Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("Once \"upon\" "), OpenAiFrames.Delta("a 🍵 "));

    public static TheoryData<string, string> Breaks()
    {
        var data = new TheoryData<string, string>();
        foreach (var failure in new[] { "reset", "cut", "no end", "error in band", "overloaded in band" })
        {
            data.Add(failure, "stream/create");
            data.Add(failure, "llm/query");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task The_next_provider_goes_on_where_one_broke_off(string failure, string route)
    {
        await using var host = await StartAsync();
        host.Provider.Script(OpenAiScripts.Path, Break(failure));
        host.Provider.Script(Gemini, GeminiScripts.Chat("time", "."));
        await using var client = await host.ConnectAsync();

        using var answer = await host.PostAsync(route, Body());

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var events = await client.ReadStreamAsync();
        Assert.Equal("Once \"upon\" a 🍵 time.", ChannelClient.TextOf(events));
        Assert.DoesNotContain(events, e => e["type"]!.GetValue<string>() == "error");
        Assert.Equal("stop", events[^1]["finish_reason"]!.GetValue<string>());
        var turns = host.Provider.Requests[1].ReadNode()["contents"]!.AsArray();
        Assert.Equal(["user", "model", "user"], turns.Select(turn => turn!["role"]!.GetValue<string>()));
        Assert.Equal("Once \"upon\" a 🍵 ", turns[1]!["parts"]![0]!["text"]!.GetValue<string>());
        await host.LoggedAsync("openai failed in the middle of its answer");
        Assert.DoesNotContain("Once", host.Logs, StringComparison.Ordinal);
        await AssertNothingIsLeftAsync(host, client);
    }

    [Fact]
    public async Task What_both_cost_is_counted_together()
    {
        await using var host = await StartAsync();
        host.Provider.Script(OpenAiScripts.Path, Half.Cut());
        host.Provider.Script(Gemini, GeminiScripts.Chat("time"));
        await using var client = await host.ConnectAsync();

        using var whole = await host.PostAsync("stream/create", Body().Replace("openai", "gemini", StringComparison.Ordinal).Replace("gpt-fake-1", GeminiFrames.Model, StringComparison.Ordinal));
        var alone = (await client.ReadStreamAsync())[^1]["usage"]!["completion_tokens"]!.GetValue<int>();
        using var answer = await host.PostAsync("stream/create", Body());
        var both = (await client.ReadStreamAsync())[^1]["usage"]!["completion_tokens"]!.GetValue<int>();

        Assert.True(both > alone, $"{both} tokens of both, {alone} of one");
    }

    [Fact]
    public async Task Where_the_second_breaks_off_too_the_third_gets_what_both_said()
    {
        await using var host = await StartAsync(new()
        {
            ["BfProxy:Providers:openai:Fallbacks:1:Provider"] = "anthropic",
            ["BfProxy:Providers:openai:Fallbacks:1:Model"] = "claude-fake",
        });
        host.Provider.Script(OpenAiScripts.Path, Half.Cut());
        host.Provider.Script(Gemini, Script.Sse(GeminiFrames.Text("time there ")).Cut());
        host.Provider.Script(Messages, AnthropicScripts.Chat("was."));
        await using var client = await host.ConnectAsync();

        using var answer = await host.PostAsync("stream/create", Body());

        Assert.Equal("Once \"upon\" a 🍵 time there was.", ChannelClient.TextOf(await client.ReadStreamAsync()));
        Assert.Contains("time there ", host.Provider.Requests[2].ReadNode()["messages"]![1]!.ToJsonString(), StringComparison.Ordinal);
        await AssertNothingIsLeftAsync(host, client);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("cut at once")]
    public async Task Where_nobody_can_go_on_the_answer_ends_with_one_error(string then)
    {
        await using var host = await StartAsync();
        host.Provider.Script(OpenAiScripts.Path, Half.Cut());
        host.Provider.Script(Gemini, then == "refused" ? GeminiScripts.RateLimited() : Script.Sse().Cut());
        await using var client = await host.ConnectAsync();

        using var answer = await host.PostAsync("stream/create", Body());

        var events = await client.ReadStreamAsync();
        Assert.Equal("Once \"upon\" a 🍵 ", ChannelClient.TextOf(events));
        Assert.Equal(then == "refused" ? 429 : 502, Assert.Single(events, e => e["type"]!.GetValue<string>() == "error")["error"]!["code"]!.GetValue<int>());
        Assert.Equal("error", events[^1]["finish_reason"]!.GetValue<string>());
        await AssertNothingIsLeftAsync(host, client);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("tools")]
    [InlineData("too large")]
    [InlineData("buffered")]
    public async Task Where_it_is_not_wanted_or_would_not_fit_the_failure_is_told(string why)
    {
        await using var host = await StartAsync(new()
        {
            ["BfProxy:Providers:openai:ContinueOnFallback"] = (why != "off").ToString(),
            ["BfProxy:Providers:openai:MaxResponseBytes"] = why == "too large" ? "1024" : "1048576",
        });
        host.Provider.Script(OpenAiScripts.Path, why switch
        {
            "too large" => Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("Once"), OpenAiFrames.Delta(new string('x', 2000))),
            _ => Half.Cut(),
        });
        host.Provider.Script(Gemini, GeminiScripts.Chat("never"));
        await using var client = await host.ConnectAsync();
        var tools = """, "tools":[{"type":"function","function":{"name":"find","parameters":{"type":"object","properties":{}}}}] """;

        using var answer = await host.PostAsync("stream/create", Body(stream: why != "buffered", more: why == "tools" ? tools : ""));

        if (why == "buffered")
        {
            Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        }
        else
        {
            Assert.Equal("error", (await client.ReadStreamAsync())[^1]["finish_reason"]!.GetValue<string>());
        }

        Assert.Single(host.Provider.Requests);
        await AssertNothingIsLeftAsync(host, client);
    }

    [Fact]
    public async Task A_stop_while_another_goes_on_ends_the_one_answer_and_its_provider_sees_it()
    {
        await using var host = await StartAsync();
        var gate = new Gate();
        host.Provider.Script(OpenAiScripts.Path, Half.Cut());
        host.Provider.Script(Gemini, Script.Sse(GeminiFrames.Text("time")).Wait(gate));
        await using var client = await host.ConnectAsync();
        using var answer = await host.PostAsync("stream/create", Body());
        var id = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["streamId"]!.GetValue<string>();
        await gate.ReachedAsync();

        using var stop = await host.PostAsync("llm/query/stop", $$"""{"streamId":"{{id}}"}""");

        var events = await client.ReadStreamAsync();
        Assert.StartsWith("Once \"upon\" a 🍵 ", ChannelClient.TextOf(events), StringComparison.Ordinal);
        Assert.Equal("stopped", events[^1]["finish_reason"]!.GetValue<string>());
        await host.Provider.Requests[1].PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        await AssertNothingIsLeftAsync(host, client);
    }

    [Fact]
    public async Task Continuation_without_anybody_to_go_on_is_told_at_start()
    {
        var fault = await Assert.ThrowsAsync<ConfigurationFaultException>(() => ProxyHost.StartAsync(new() { ["BfProxy:Providers:openai:ContinueOnFallback"] = "true" }));

        Assert.Contains("openai:ContinueOnFallback", fault.Message, StringComparison.Ordinal);
    }

    private static Script Break(string failure) => failure switch
    {
        "reset" => Half.Reset(),
        "cut" => Half.Cut(),
        "no end" => Half,
        "error in band" => Half.Frames(OpenAiFrames.Error("boom")),
        _ => Half.Frames(OpenAiFrames.Error("slow down", "rate_limit_error", "rate_limit_exceeded")),
    };

    private static string Body(bool stream = true, string more = "") => ProxyHost.Envelope($""" "provider":"openai","model":"gpt-fake-1","stream":{(stream ? "true" : "false")} {more} """);

    private static Task<ProxyHost> StartAsync(Dictionary<string, string?>? more = null)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BfProxy:Providers:openai:ContinueOnFallback"] = "true",
            ["BfProxy:Providers:openai:Fallbacks:0:Provider"] = "gemini",
            ["BfProxy:Providers:openai:Fallbacks:0:Model"] = GeminiFrames.Model,
        };
        foreach (var (key, value) in more ?? [])
        {
            settings[key] = value;
        }

        return ProxyHost.StartAsync(settings);
    }

    private static async Task AssertNothingIsLeftAsync(ProxyHost host, ChannelClient client)
    {
        foreach (var request in host.Provider.Requests)
        {
            await request.Finished.WaitAsync(TimeSpan.FromSeconds(30));
        }

        await client.DisposeAsync();
        await host.StopAsync();
        Assert.Equal(0, host.Services.GetRequiredService<RunningStreams>().Count);
    }
}
