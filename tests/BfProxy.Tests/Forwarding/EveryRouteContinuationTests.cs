using BfProxy.Tests.Assistants;
using BfProxy.Tests.Host;
using BfProxy.Tests.LlmQuery;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>Where another provider goes on with an answer that broke off, and where the failure is told instead: what <c>docs/routing.md</c> says of each route.</summary>
public sealed class EveryRouteContinuationTests
{
    /// <summary>Long enough to be looked for where no prompt may stand.</summary>
    private const string Half = "In a far land, once ";

    private static readonly string Gemini = GeminiScripts.StreamPath();

    [Theory]
    [InlineData("stream/create", true)]
    [InlineData("llm/query", true)]
    [InlineData(MatrixHost.Deliver, true)]
    [InlineData(MatrixHost.Sessions, true)]
    [InlineData(MatrixHost.Sessions, false)]
    [InlineData(MatrixHost.DataStream, true)]
    public async Task Another_provider_goes_on(string route, bool stream)
    {
        await using var host = await MatrixHost.StartAsync(route, stream, Settings());
        host.Script(Script.Sse(AnyDialect.Open(host.Dialect, Half)).Cut());
        host.Provider.Script(Gemini, GeminiScripts.Chat("upon ", "a time."));

        var answer = await host.AskAsync();

        Assert.Null(answer.Error);
        Assert.Contains(Half + "upon a time.", answer.Text, StringComparison.Ordinal);
        Assert.Contains(Half, host.Provider.Requests[^1].BodyText, StringComparison.Ordinal);
        await host.AssertNothingIsLeftAsync();
    }

    [Theory]
    [InlineData("stream/create", false)]
    [InlineData("llm/query", false)]
    [InlineData(MatrixHost.Assistants, true)]
    [InlineData(MatrixHost.Assistants, false)]
    [InlineData(MatrixHost.Conversations, true)]
    [InlineData(MatrixHost.Conversations, false)]
    public async Task The_failure_is_told_at_once(string route, bool stream)
    {
        await using var host = await MatrixHost.StartAsync(route, stream, Settings());
        host.Script(Script.Sse(AnyDialect.Open(host.Dialect, Half)).Cut());
        host.Provider.Script(Gemini, GeminiScripts.Chat("never"));

        var answer = await host.AskAsync();

        Assert.Equal((502, !stream, stream ? Half : ""), (answer.Error, answer.IsRefused, answer.Text));
        Assert.Single(host.Asked);
        Assert.DoesNotContain(host.Provider.Requests, static request => request.Path == Gemini);
        await host.AssertNothingIsLeftAsync();
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public async Task Where_tools_are_offered_the_failure_is_told_whichever_round_breaks_off(int round, bool stream)
    {
        await using var host = await QueryHost.StartAsync(Settings());
        var half = Script.Sse(AnyDialect.Open("openai", Half)).Cut();
        host.Proxy.Provider.Script(OpenAiScripts.Path, round == 1 ? [half] : [Script.Sse(AnyDialect.Calls("openai", "Let me see. ", ("call_1", "find", "{}"))), half]);
        host.Proxy.Provider.Script(Gemini, GeminiScripts.Chat("never"));

        using var answer = await host.QueryAsync(QueryHost.Payload("openai", $"\"stream\":{(stream ? "true" : "false")},\"tools\":[{{\"name\":\"find\",\"parameters\":{{\"type\":\"object\"}}}}]"));

        if (stream)
        {
            var events = await host.Page.ReadStreamAsync();
            Assert.EndsWith(Half, ChannelClient.TextOf(events), StringComparison.Ordinal);
            Assert.Equal(502, Assert.Single(events, static e => e["type"]!.GetValue<string>() == "error")["error"]!["code"]!.GetValue<int>());
            Assert.Equal("error", events[^1]["finish_reason"]!.GetValue<string>());
        }
        else
        {
            Assert.Equal(502, (int)answer.StatusCode);
        }

        Assert.Equal(Enumerable.Repeat(OpenAiScripts.Path, round), host.Proxy.Provider.Requests.Select(static request => request.Path));
    }

    [Fact]
    public async Task A_thread_keeps_what_a_broken_run_said()
    {
        await using var host = await AssistantHost.StartAsync(new(Settings(), StringComparer.Ordinal) { ["BfProxy:Providers:openai:Conversations"] = "false" });
        host.Proxy.Provider.Script(OpenAiScripts.Path, Script.Sse(AnyDialect.Open("openai", Half)).Cut(), OpenAiScripts.Chat("I said: once."));

        var run = await host.RunAsync(AssistantHost.Body("tell", stream: true));
        await host.Page.ReadStreamAsync();
        await host.RunAsync(AssistantHost.Body("go on", AssistantHost.Id(run)));

        Assert.Contains(Half, host.Proxy.Provider.Requests[^1].ReadNode()["messages"]![1]!.ToJsonString(), StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Settings() => new(StringComparer.Ordinal)
    {
        ["BfProxy:Providers:openai:ContinueOnFallback"] = "true",
        ["BfProxy:Providers:openai:Fallbacks:0:Provider"] = "gemini",
        ["BfProxy:Providers:openai:Fallbacks:0:Model"] = GeminiFrames.Model,
    };
}
