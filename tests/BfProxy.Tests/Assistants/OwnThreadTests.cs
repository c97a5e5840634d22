using FakeProvider.Shapes;

namespace BfProxy.Tests.Assistants;

/// <summary>The same contract for providers that keep no threads.</summary>
public sealed class OwnThreadTests
{
    [Theory]
    [InlineData("gemini")]
    [InlineData("anthropic")]
    [InlineData("demo")]
    public async Task A_thread_remembers_what_was_said_and_done(string provider)
    {
        await using var host = await AssistantHost.StartAsync();
        Script(host, provider, "Let me see.", "There are two.", "Two, I said.");

        var first = await host.RunAsync(AssistantHost.Body("how many?", more: More(provider, AssistantHost.Tool)));
        var second = await host.RunAsync(AssistantHost.Body("again?", AssistantHost.Id(first), more: More(provider, AssistantHost.Tool)));

        Assert.Equal("There are two.", AssistantHost.TextOf(first));
        Assert.Equal("Two, I said.", AssistantHost.TextOf(second));
        var asked = host.Proxy.Provider.Requests[^1].BodyText;
        Assert.All(["how many?", "Let me see.", "done", "There are two.", "again?"], said => Assert.Contains(said, asked, StringComparison.Ordinal));
        Assert.Single(host.BackEnd.Calls);
    }

    [Fact]
    public async Task A_stopped_answer_stays_as_far_as_it_came()
    {
        await using var host = await AssistantHost.StartAsync();
        host.Proxy.Provider.Script(AnyDialect.Path("anthropic"), FakeProvider.Script.Sse(AnyDialect.Open("anthropic", "half an ans")).Hang(), FakeProvider.Script.Sse(FakeProvider.Shapes.AnthropicFrames.Chat("ok")));

        var run = await host.RunAsync(AssistantHost.Body("long", stream: true, more: More("anthropic")));
        await host.Page.NextAsync();
        await host.Page.NextAsync();
        await host.StopAsync(run);
        await host.RunAsync(AssistantHost.Body("go on", AssistantHost.Id(run), more: More("anthropic")));

        var asked = host.Proxy.Provider.Requests[^1].ReadNode()["messages"]!.AsArray();
        Assert.Equal(["user", "assistant", "user"], asked.Select(message => message!["role"]!.GetValue<string>()));
        Assert.Contains("half an ans", asked[1]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thread_belongs_to_its_app_and_a_refused_run_leaves_it_as_it_was()
    {
        await using var host = await AssistantHost.StartAsync();
        var path = AnyDialect.Path("anthropic");
        host.Proxy.Provider.Script(path, FakeProvider.Script.Sse(FakeProvider.Shapes.AnthropicFrames.Chat("ok")), FakeProvider.Script.Json(400, """{"type":"error","error":{"type":"invalid_request_error","message":"no"}}"""), FakeProvider.Script.Sse(FakeProvider.Shapes.AnthropicFrames.Chat("ok")));
        var thread = AssistantHost.Id(await host.RunAsync(AssistantHost.Body("one", more: More("anthropic"))));

        await host.RunAsync(AssistantHost.Body("two", thread, more: More("anthropic")), 400);
        await host.RunAsync(AssistantHost.Body("mine?", thread, more: More("anthropic"), key: "BFAPI_other"), 404);
        await host.RunAsync(AssistantHost.Body("three", thread, more: More("anthropic")));

        Assert.DoesNotContain("two", host.Proxy.Provider.Requests[^1].BodyText, StringComparison.Ordinal);
        Assert.Contains("one", host.Proxy.Provider.Requests[^1].BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_oldest_turns_give_way_and_what_is_larger_than_a_thread_is_413()
    {
        await using var host = await AssistantHost.StartAsync(new() { ["BfProxy:Threads:MaxBytes"] = "1024" });
        host.Proxy.Provider.Script(AnyDialect.Path("anthropic"), FakeProvider.Script.Sse(FakeProvider.Shapes.AnthropicFrames.Chat("ok")));
        var thread = AssistantHost.Id(await host.RunAsync(AssistantHost.Body("oldest" + new string('a', 500), more: More("anthropic"))));

        await host.RunAsync(AssistantHost.Body("middle" + new string('b', 500), thread, more: More("anthropic")));
        await host.RunAsync(AssistantHost.Body("newest", thread, more: More("anthropic")));
        await host.RunAsync(AssistantHost.Body(new string('c', 2000), thread, more: More("anthropic")), 413);

        var asked = host.Proxy.Provider.Requests[^1].BodyText;
        Assert.DoesNotContain("oldest", asked, StringComparison.Ordinal);
        Assert.Contains("middle", asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gemini")]
    [InlineData("anthropic")]
    public async Task A_thread_lives_so_long_after_its_last_run_and_then_is_404(string provider)
    {
        var time = new ManualTimeProvider();
        await using var host = await AssistantHost.StartAsync(new() { ["BfProxy:Threads:TimeToLive"] = "00:30:00" }, time);
        host.Proxy.Provider.Script(AnyDialect.Path(provider), FakeProvider.Script.Sse(Chat(provider, "ok")));
        var thread = AssistantHost.Id(await host.RunAsync(AssistantHost.Body("one", more: More(provider))));

        time.Advance(TimeSpan.FromMinutes(29));
        await host.RunAsync(AssistantHost.Body("two", thread, more: More(provider)));
        time.Advance(TimeSpan.FromMinutes(29));
        await host.RunAsync(AssistantHost.Body("three", thread, more: More(provider)));
        time.Advance(TimeSpan.FromMinutes(31));
        await host.RunAsync(AssistantHost.Body("four", thread, more: More(provider)), 404);
    }

    [Fact]
    public async Task Tools_of_OpenAIs_own_are_400_elsewhere()
    {
        await using var host = await AssistantHost.StartAsync();

        var refused = await host.RunAsync(AssistantHost.Body("hi", more: More("gemini", """ "tools":[{"type":"file_search"}] """)), 400);

        Assert.Contains("file_search", refused["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static string More(string provider, string tools = "\"seed\":1") => $$""" "provider":"{{provider}}","model":"{{Model(provider)}}",{{tools}} """;

    private static string Model(string provider) => provider switch
    {
        "anthropic" => FakeProvider.Shapes.AnthropicFrames.Model,
        "gemini" => FakeProvider.Shapes.GeminiFrames.Model,
        _ => FakeProvider.Shapes.OpenAiFrames.Model,
    };

    private static void Script(AssistantHost host, string provider, string before, string after, string last) =>
        host.Proxy.Provider.Script(
            AnyDialect.Path(provider),
            FakeProvider.Script.Sse(AnyDialect.Calls(provider, before, ("call_2", "find", "{}"))),
            FakeProvider.Script.Sse(Chat(provider, after)),
            FakeProvider.Script.Sse(Chat(provider, last)));

    private static IEnumerable<string> Chat(string provider, string text) => provider switch
    {
        "anthropic" => FakeProvider.Shapes.AnthropicFrames.Chat(text),
        "gemini" => FakeProvider.Shapes.GeminiFrames.Chat(text),
        _ => FakeProvider.Shapes.OpenAiFrames.Chat(text),
    };
}
