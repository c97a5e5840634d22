using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Tests.Assistants;
using BfProxy.Tests.Host;
using BfProxy.Tests.LlmQuery;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>A provider that keeps its first token for two seconds gets company on each route, and whoever wins keeps the conversation.</summary>
public sealed class EveryRouteHedgingTests
{
    private static readonly string Gemini = GeminiScripts.StreamPath();

    private readonly ManualTimeProvider _time = new();

    /// <summary>A conversation of OpenAI's stays there.</summary>
    public static TheoryData<string, bool> Ways()
    {
        var ways = new TheoryData<string, bool>();
        foreach (var way in MatrixHost.Ways().Where(static way => way[0] is not MatrixHost.Conversations))
        {
            ways.Add((string)way[0], (bool)way[1]);
        }

        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_second_wins_and_the_first_sees_that_it_is_left(string route, bool stream)
    {
        await using var host = await StartAsync(route, stream);
        var gate = new Gate();
        host.Script(Script.Sse(OpenAiFrames.Role()).Wait(gate).Frames(OpenAiFrames.Delta("slow")));
        host.Provider.Script(Gemini, GeminiScripts.Chat("fa", "st"));

        var asked = host.AskAsync();
        await gate.ReachedAsync();
        await host.AdvanceUntilAsync(_time, host.Provider.Requests[0].PeerGone);
        var answer = await asked;

        Assert.Null(answer.Error);
        Assert.Contains("fast", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("slow", answer.Text, StringComparison.Ordinal);
        Assert.Equal([OpenAiScripts.Path, Gemini], host.Provider.Requests.Select(static request => request.Path));
        await host.AssertNothingIsLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_first_may_still_win_and_the_second_sees_that_it_is_left(string route, bool stream)
    {
        await using var host = await StartAsync(route, stream);
        var (first, second) = (new Gate(), new Gate());
        host.Script(Script.Sse(OpenAiFrames.Role()).Wait(first).Frames(OpenAiFrames.Chat("late ", "but first")));
        host.Provider.Script(Gemini, Script.Sse().Wait(second));

        var asked = host.AskAsync();
        await first.ReachedAsync();
        await host.AdvanceUntilAsync(_time, second.ReachedAsync());
        first.Release();
        var answer = await asked;

        Assert.Null(answer.Error);
        Assert.Contains("late but first", answer.Text, StringComparison.Ordinal);
        await host.Provider.Requests[1].PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        await host.AssertNothingIsLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Where_both_fail_the_failure_is_told_once(string route, bool stream)
    {
        await using var host = await StartAsync(route, stream);
        var (first, second) = (new Gate(), new Gate());
        host.Script(Script.Empty.Wait(first).Status(500).SendHeaders());
        host.Provider.Script(Gemini, Script.Empty.Wait(second).Status(500).SendHeaders());

        var asked = host.AskAsync();
        await first.ReachedAsync();
        await host.AdvanceUntilAsync(_time, second.ReachedAsync());
        first.Release();
        second.Release();
        var answer = await asked;

        Assert.Equal(MatrixHost.Tells(route, stream) ? 502 : 0, answer.Error);
        Assert.Equal(2, host.Provider.Requests.Count);
        await host.AssertNothingIsLeftAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_conversation_of_OpenAIs_has_no_company(bool stream)
    {
        await using var host = await StartAsync(MatrixHost.Conversations, stream);
        var gate = new Gate();
        host.Script(Script.Sse(ResponsesFrames.Created()).Wait(gate).Frames(ResponsesFrames.Chat("alone")));

        var asked = host.AskAsync();
        await gate.ReachedAsync();
        for (var i = 0; i < 10; i++)
        {
            await host.AdvanceAsync(_time, TimeSpan.FromSeconds(1));
        }

        gate.Release();
        var answer = await asked;

        Assert.Equal("alone", answer.Text);
        Assert.DoesNotContain(host.Provider.Requests, static request => request.Path == Gemini);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_wins_with_a_call_of_a_tool_gets_its_result(bool stream)
    {
        await using var host = await QueryHost.StartAsync(Settings(), _time);
        var gate = new Gate();
        host.Proxy.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(gate).Frames(OpenAiFrames.Chat("slow")));
        host.Script("gemini", "Let me see. ", [("", "find", "{}")], "There are two.");

        var post = host.QueryAsync(QueryHost.Payload("openai", $"\"stream\":{(stream ? "true" : "false")},\"tools\":[{{\"name\":\"find\",\"parameters\":{{\"type\":\"object\"}}}}]"));
        await gate.ReachedAsync();
        await AdvanceUntilAsync(host.Proxy, host.Proxy.Provider.Requests[0].PeerGone);
        using var answer = await post;

        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.EndsWith("There are two.", stream ? ChannelClient.TextOf(await host.Page.ReadStreamAsync()) : body["data"]!["choices"]![0]!["message"]!["content"]!.GetValue<string>(), StringComparison.Ordinal);
        AssertOneRoundOfTools(host.Proxy);
        Assert.Single(host.BackEnd.Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_thread_that_we_keep_remembers_what_the_winner_said_and_did(bool stream)
    {
        await using var host = await AssistantHost.StartAsync(new(Settings(), StringComparer.Ordinal) { ["BfProxy:Providers:openai:Conversations"] = "false" }, _time);
        var gate = new Gate();
        var provider = host.Proxy.Provider;
        provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Wait(gate).Frames(OpenAiFrames.Chat("slow")), OpenAiScripts.Chat("Two, I said."));
        provider.Script(Gemini, Script.Sse(AnyDialect.Calls("gemini", "Let me see. ", ("", "find", "{}"))), GeminiScripts.Chat("There are two."));

        var post = host.RunAsync(AssistantHost.Body("how many?", stream: stream, more: $"\"model\":\"gpt-fake-1\",{AssistantHost.Tool}"));
        await gate.ReachedAsync();
        await AdvanceUntilAsync(host.Proxy, provider.Requests[0].PeerGone);
        var first = await post;
        Assert.EndsWith("There are two.", stream ? ChannelClient.TextOf(await host.Page.ReadStreamAsync()) : AssistantHost.TextOf(first), StringComparison.Ordinal);
        AssertOneRoundOfTools(host.Proxy);
        var second = await host.RunAsync(AssistantHost.Body("again?", AssistantHost.Id(first), more: $"\"model\":\"gpt-fake-1\",{AssistantHost.Tool}"));

        Assert.Equal("Two, I said.", AssistantHost.TextOf(second));
        var said = provider.Requests[^1].BodyText;
        Assert.All(["how many?", "Let me see. ", "There are two.", "again?"], words => Assert.Contains(words, said, StringComparison.Ordinal));
        Assert.DoesNotContain("slow", said, StringComparison.Ordinal);
        Assert.Single(host.BackEnd.Calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fallback_that_answers_whole_is_not_raced_and_still_there_where_all_others_fail(bool hasRunner)
    {
        var settings = Settings();
        settings["BfProxy:Providers:gemini:NonStreaming"] = "passthrough";
        if (hasRunner)
        {
            settings["BfProxy:Providers:openai:Fallbacks:1:Provider"] = "anthropic";
            settings["BfProxy:Providers:openai:Fallbacks:1:Model"] = AnthropicFrames.Model;
        }

        await using var host = await MatrixHost.StartAsync("stream/create", stream: false, settings, _time);
        var (first, second) = (new Gate(), new Gate());
        host.Script(Script.Empty.Wait(first).Status(500).SendHeaders());
        host.Provider.Script(AnthropicScripts.Path, Script.Empty.Wait(second).Status(500).SendHeaders());
        host.Provider.Script(GeminiScripts.GeneratePath(), Script.Json(200, """{"candidates":[{"content":{"role":"model","parts":[{"text":"whole"}]},"finishReason":"STOP","index":0}],"modelVersion":"gemini-fake"}"""));

        var asked = host.Proxy.PostAsync("stream/create", ProxyHost.Envelope(""" "model":"gpt-fake-1" """));
        await first.ReachedAsync();
        if (hasRunner)
        {
            await host.AdvanceUntilAsync(_time, second.ReachedAsync());
            second.Release();
        }
        else
        {
            for (var i = 0; i < 50; i++)
            {
                await host.AdvanceAsync(_time, TimeSpan.FromMilliseconds(100));
            }
        }

        first.Release();
        using var answer = await asked;

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Contains("whole", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        string[] all = hasRunner ? [OpenAiScripts.Path, AnthropicScripts.Path, GeminiScripts.GeneratePath()] : [OpenAiScripts.Path, GeminiScripts.GeneratePath()];
        Assert.Equal(all, host.Provider.Requests.Select(static request => request.Path));
        await host.AssertNothingIsLeftAsync();
    }

    private static Dictionary<string, string?> Settings() => new(StringComparer.Ordinal)
    {
        ["BfProxy:Providers:openai:HedgeAfter"] = "00:00:02",
        ["BfProxy:Providers:openai:Timeouts:FirstToken"] = "00:10:00",
        ["BfProxy:Providers:openai:Timeouts:Idle"] = "00:20:00",
        ["BfProxy:Providers:openai:Fallbacks:0:Provider"] = "gemini",
        ["BfProxy:Providers:openai:Fallbacks:0:Model"] = GeminiFrames.Model,
        ["BfProxy:Providers:gemini:Timeouts:FirstToken"] = "00:10:00",
        ["BfProxy:Providers:gemini:Timeouts:Idle"] = "00:20:00",
    };

    /// <summary>The slow provider was asked once, the winner twice, the second time with the result.</summary>
    private static void AssertOneRoundOfTools(ProxyHost proxy)
    {
        Assert.Equal([OpenAiScripts.Path, Gemini, Gemini], proxy.Provider.Requests.Select(static request => request.Path));
        Assert.Contains("functionResponse", proxy.Provider.Requests[2].BodyText, StringComparison.Ordinal);
    }

    private Task<MatrixHost> StartAsync(string route, bool stream) => MatrixHost.StartAsync(route, stream, Settings(), _time);

    private async Task AdvanceUntilAsync(ProxyHost host, Task done)
    {
        for (var i = 0; i < 3000 && !done.IsCompleted; i++)
        {
            using var live = await host.Http.GetAsync(new Uri("health/live", UriKind.Relative));
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        await done.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
