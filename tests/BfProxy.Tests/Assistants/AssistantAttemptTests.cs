using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Assistants;

/// <summary>What else is tried where a run's provider fails before its first token. A turn is never in a thread twice.</summary>
public sealed class AssistantAttemptTests
{
    private const string Responses = "/v1/responses";
    private const string Anthropic = """ "provider":"anthropic","model":"claude-fake" """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task In_a_thread_that_we_keep_another_provider_may_answer(bool stream)
    {
        await using var host = await AssistantHost.StartAsync(new()
        {
            ["BfProxy:Providers:anthropic:Fallbacks:0:Provider"] = "gemini",
            ["BfProxy:Providers:anthropic:Fallbacks:0:Model"] = GeminiFrames.Model,
        });
        host.Proxy.Provider.Script(AnyDialect.Path("anthropic"), Script.Json(529, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"""), Script.Sse(AnthropicFrames.Chat("Red, you said.")));
        host.Proxy.Provider.Script(GeminiScripts.StreamPath(), GeminiScripts.Chat("Noted", " it."));

        var first = await host.RunAsync(AssistantHost.Body("red", stream: stream, more: Anthropic));
        if (stream)
        {
            var events = await host.Page.ReadStreamAsync();
            Assert.Equal("Noted it.", ChannelClient.TextOf(events));
            Assert.DoesNotContain(events, static e => e["type"]!.GetValue<string>() == "error");
        }
        else
        {
            Assert.Equal("Noted it.", AssistantHost.TextOf(first));
        }

        var second = await host.RunAsync(AssistantHost.Body("which?", AssistantHost.Id(first), more: Anthropic));
        Assert.Equal("Red, you said.", AssistantHost.TextOf(second));
        var asked = host.Proxy.Provider.Requests[^1].ReadNode()["messages"]!.AsArray();
        Assert.Equal(["user", "assistant", "user"], asked.Select(static message => message!["role"]!.GetValue<string>()));
        Assert.Contains("Noted it.", asked[1]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_thread_that_we_keep_the_same_call_may_be_made_again_after_any_failure()
    {
        await using var host = await AssistantHost.StartAsync(Retry("anthropic"));
        host.Proxy.Provider.Script(AnyDialect.Path("anthropic"), Script.Empty.Reset(), Script.Sse(AnthropicFrames.Chat("ok")));

        Assert.Equal("ok", AssistantHost.TextOf(await host.RunAsync(AssistantHost.Body("red", more: Anthropic))));

        Assert.Equal(2, host.Proxy.Provider.Requests.Count);
    }

    [Theory]
    [InlineData("500")]
    [InlineData("429")]
    [InlineData("error in the stream")]
    public async Task A_turn_that_OpenAI_refused_is_asked_again_and_stands_in_the_conversation_once(string failure)
    {
        await using var host = await AssistantHost.StartAsync(Retry("openai"));
        host.Conversations.Say(new FakeTurn(null)
        {
            Refusal = failure switch
            {
                "500" => OpenAiScripts.ServerError(),
                "429" => OpenAiScripts.RateLimited("0"),
                _ => Script.Sse(ResponsesFrames.Created(), ResponsesFrames.Failed("The server had an error", "server_error")),
            },
        });

        var run = await host.RunAsync(AssistantHost.Body("red"));

        Assert.Equal("heard red", AssistantHost.TextOf(run));
        Assert.Equal(["user: red", "assistant: heard red"], host.Conversations.Lines(AssistantHost.Id(run)));
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("cut")]
    public async Task A_turn_that_OpenAI_may_have_heard_is_not_asked_again(string failure)
    {
        await using var host = await AssistantHost.StartAsync(Retry("openai"));
        host.Conversations.Say(new FakeTurn(null) { Refusal = failure == "reset" ? Script.Empty.Reset() : Script.Sse(ResponsesFrames.Created()).Cut() });

        await host.RunAsync(AssistantHost.Body("red"), 502);

        Assert.Single(host.Proxy.Provider.Requests, static request => request.Path == Responses);
    }

    [Fact]
    public async Task A_conversation_of_OpenAIs_does_not_fall_back()
    {
        await using var host = await AssistantHost.StartAsync(new()
        {
            ["BfProxy:Providers:openai:Fallbacks:0:Provider"] = "gemini",
            ["BfProxy:Providers:openai:Fallbacks:0:Model"] = GeminiFrames.Model,
        });
        host.Conversations.Say(new FakeTurn(null) { Refusal = OpenAiScripts.ServerError() });

        await host.RunAsync(AssistantHost.Body("red"), 502);

        Assert.Equal(["/v1/conversations", Responses], host.Proxy.Provider.Requests.Select(static request => request.Path));
    }

    [Fact]
    public async Task A_spent_key_gives_way_to_the_next_for_the_conversation_and_for_its_turns()
    {
        await using var host = await AssistantHost.StartAsync(new() { ["BfProxy:Providers:openai:ApiKeys:0"] = "sk-two" });
        var made = host.Conversations.Add("""{"bfproxy_app":"test"}""");
        host.Proxy.Provider.Script("/v1/conversations", OpenAiScripts.RateLimited("600"), Script.Json(200, $$"""{"id":"{{made}}"}"""));
        host.Conversations.Say(new FakeTurn(null) { Refusal = OpenAiScripts.RateLimited("600") });

        var run = await host.RunAsync(AssistantHost.Body("red"));

        Assert.Equal("heard red", AssistantHost.TextOf(run));
        Assert.Equal(["user: red", "assistant: heard red"], host.Conversations.Lines(made));
        Assert.Equal(2, host.Proxy.Provider.Requests.Where(static request => request.Path == "/v1/conversations").Select(static request => request.Headers["Authorization"]).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(2, host.Proxy.Provider.Requests.Where(static request => request.Path == Responses).Select(static request => request.Headers["Authorization"]).Distinct(StringComparer.Ordinal).Count());
    }

    private static Dictionary<string, string?> Retry(string provider) => new(StringComparer.Ordinal)
    {
        [$"BfProxy:Providers:{provider}:Retry:Attempts"] = "2",
        [$"BfProxy:Providers:{provider}:Retry:Delay"] = "00:00:00.01",
    };
}
