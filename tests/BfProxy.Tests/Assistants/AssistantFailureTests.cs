using BfProxy.Tests.Host;
using FakeProvider;

namespace BfProxy.Tests.Assistants;

/// <summary>What goes wrong in a run, and what is left of the thread.</summary>
public sealed class AssistantFailureTests
{
    private const string AskPage = """ "model":"gpt-fake-2","tools":[{"type":"function","function":{"name":"ui_look","parameters":{"type":"object","properties":{}}}}] """;

    private static readonly FakeTurn LookFirst = new("Let me see.") { Calls = [("call_1", "ui_look", "{}")] };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_conversation_that_is_locked_for_a_moment_is_waited_for(bool stream)
    {
        await using var host = await AssistantHost.StartAsync();
        host.Conversations.Say(new FakeTurn(null) { Refusal = FakeConversations.Locked() }, new FakeTurn(null) { Refusal = FakeConversations.Locked() }, new FakeTurn("Here I am."));

        var run = await host.RunAsync(AssistantHost.Body("hi", stream: stream));

        Assert.Equal("Here I am.", stream ? ChannelClient.TextOf(await host.Page.ReadStreamAsync()) : AssistantHost.TextOf(run));
        Assert.Equal(3, host.Proxy.Provider.Requests.Count(request => request.Path == "/v1/responses"));
        Assert.Equal(["user: hi", "assistant: Here I am."], host.Conversations.Lines(AssistantHost.Id(run)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{\"id\":\"conv_1\"")]
    [InlineData("{\"\\ud800\":1,\"metad\\ud800ab\":1}")]
    public async Task A_conversation_that_is_answered_with_nonsense_is_the_providers_fault(string nonsense)
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(Script.Json(200, nonsense));

        var made = await AssistantHost.PostAsync(host, AssistantHost.Path, AssistantHost.Body("hi"), 502);
        var found = await AssistantHost.PostAsync(host, AssistantHost.Path, AssistantHost.Body("hi", "conv_1"), 502);

        Assert.All([made, found], static answer => Assert.Equal("openai", answer["error"]!["info"]!["provider"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_stop_while_a_page_is_asked_answers_the_call_and_the_thread_goes_on()
    {
        await using var host = await AssistantHost.StartAsync();
        host.Conversations.Say(LookFirst);

        var run = await host.RunAsync(AssistantHost.Body("which colour?", stream: true, more: AskPage));
        var call = await host.ReadUntilAsync("llmToolCall");
        var stopped = await host.StopAsync(run);
        var end = await host.ReadUntilAsync("end");
        var late = await host.AnswerAsync(call);
        var next = await host.RunAsync(AssistantHost.Body("never mind", AssistantHost.Id(run)));

        Assert.Equal(("cancelled", "stopped"), (stopped["status"]!.GetValue<string>(), end["finish_reason"]!.GetValue<string>()));
        Assert.Equal("already_answered", late["status"]!.GetValue<string>());
        Assert.Equal("heard which colour?, never mind", AssistantHost.TextOf(next));
        Assert.Equal(
            ["user: which colour?", "assistant: Let me see.", "call call_1 ui_look", "result call_1: cancelled", "user: never mind", "assistant: heard which colour?, never mind"],
            host.Conversations.Lines(AssistantHost.Id(run)));
    }

    [Fact]
    public async Task A_page_answers_and_the_run_keeps_its_id()
    {
        await using var host = await AssistantHost.StartAsync();
        host.Conversations.Say(LookFirst, new FakeTurn("Red."));

        var run = await host.RunAsync(AssistantHost.Body("which colour?", stream: true, more: AskPage));
        var accepted = await host.AnswerAsync(await host.ReadUntilAsync("llmToolCall"));
        var said = await host.Page.ReadStreamAsync();

        Assert.Equal("accepted", accepted["status"]!.GetValue<string>());
        Assert.Equal("Red.", ChannelClient.TextOf(said));
        Assert.Equal("completed", (await host.StopAsync(run))["status"]!.GetValue<string>());
        Assert.Contains(host.Conversations.Lines(AssistantHost.Id(run)), line => line.StartsWith("result call_1: ", StringComparison.Ordinal) && line.Contains("it is red", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tool_of_pages_is_400_without_a_stream()
    {
        await using var host = await AssistantHost.StartAsync();

        await host.RunAsync(AssistantHost.Body("hi", more: AskPage), 400);

        Assert.Empty(host.Proxy.Provider.Requests);
    }

    [Fact]
    public async Task A_provider_that_is_gone_between_two_rounds_ends_the_run_and_the_thread_goes_on_once_it_is_back()
    {
        var provider = await FakeProviderServer.StartAsync();
        var address = provider.BaseAddress;
        await using var host = await AssistantHost.StartAsync(new() { ["ReverseProxy:Clusters:openai:Destinations:primary:Address"] = address.ToString() });
        host.Conversations.MoveTo(provider);
        host.Conversations.Say(LookFirst);

        var run = await host.RunAsync(AssistantHost.Body("which colour?", stream: true, more: AskPage));
        var call = await host.ReadUntilAsync("llmToolCall");
        await provider.DisposeAsync();
        await host.AnswerAsync(call);
        var error = await host.ReadUntilAsync("error");
        await host.ReadUntilAsync("end");
        await using var back = await FakeProviderServer.StartAsync(address.ToString());
        host.Conversations.MoveTo(back);
        var next = await host.RunAsync(AssistantHost.Body("and now?", AssistantHost.Id(run)));

        Assert.Equal(502, error["error"]!["code"]!.GetValue<int>());
        Assert.Equal("failed", (await host.StopAsync(run))["status"]!.GetValue<string>());
        Assert.Equal("heard which colour?, and now?", AssistantHost.TextOf(next));

        // The page's own answer where the provider was back before the run gave it up, else that there was none; never both, never neither.
        Assert.StartsWith("result call_1: ", Assert.Single(host.Conversations.Lines(AssistantHost.Id(run)), static line => line.StartsWith("result", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_the_drain_ends_leaves_what_was_said_in_the_thread()
    {
        await using var host = await AssistantHost.StartAsync();
        host.Conversations.Say(new FakeTurn("half an ans") { Gate = new Gate() });

        var run = await host.RunAsync(AssistantHost.Body("long", stream: true));
        await host.ReadUntilAsync("delta");
        await host.Proxy.StopAsync();

        Assert.Equal(["user: long", "assistant: half an ans"], host.Conversations.Lines(AssistantHost.Id(run)));
    }

    [Fact]
    public async Task Two_hundred_requests_on_a_busy_thread_are_409_where_it_is_told_to()
    {
        await using var host = await AssistantHost.StartAsync(new() { ["BfProxy:Threads:WhenBusy"] = "refuse" });
        var gate = new Gate();
        host.Conversations.Say(new FakeTurn("slow") { Gate = gate });
        var run = await host.RunAsync(AssistantHost.Body("a", stream: true));

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => host.RunAsync(AssistantHost.Body($"n{i}", AssistantHost.Id(run)), 409)));
        gate.Release();
        await host.ReadUntilAsync("end");

        Assert.Equal("heard a, b", AssistantHost.TextOf(await RetriedAsync(host, AssistantHost.Body("b", AssistantHost.Id(run)))));
        Assert.Equal(["user: a", "assistant: slow", "user: b", "assistant: heard a, b"], host.Conversations.Lines(AssistantHost.Id(run)));
    }

    [Fact]
    public async Task Whoever_waits_longer_than_the_limit_gets_409_and_may_come_again()
    {
        await using var host = await AssistantHost.StartAsync(new() { ["BfProxy:Threads:MaxWait"] = "00:00:00.1" });
        var gate = new Gate();
        host.Conversations.Say(new FakeTurn("slow") { Gate = gate });
        var run = await host.RunAsync(AssistantHost.Body("a", stream: true));

        using var late = await host.Proxy.PostAsync(AssistantHost.Path, AssistantHost.Body("b", AssistantHost.Id(run)));
        gate.Release();
        await host.ReadUntilAsync("end");

        Assert.Equal((409, TimeSpan.FromSeconds(1)), ((int)late.StatusCode, late.Headers.RetryAfter!.Delta));
        Assert.Equal("heard a, c", AssistantHost.TextOf(await RetriedAsync(host, AssistantHost.Body("c", AssistantHost.Id(run)))));
    }

    [Fact]
    public async Task Stores_and_files_of_the_older_api_reach_the_tools_of_OpenAIs_own()
    {
        await using var host = await AssistantHost.StartAsync();

        await host.RunAsync(AssistantHost.Body("hi", more: """
            "model":"gpt-fake-2","tools":[{"type":"file_search"},{"type":"code_interpreter"}],
            "tool_resources":{"file_search":{"vector_store_ids":["vs_9"]},"code_interpreter":{"file_ids":["file_7"]}}
            """));

        var asked = host.Proxy.Provider.Requests.Last(request => request.Path == "/v1/responses").ReadNode();
        Assert.Equal("""["vs_9"]""", asked["tools"]![0]!["vector_store_ids"]!.ToJsonString());
        Assert.Equal("""["file_7"]""", asked["tools"]![1]!["container"]!["file_ids"]!.ToJsonString());
        Assert.Null(asked["tool_resources"]);
    }

    /// <summary>The end is seen a moment before the thread is free: as a caller would, asks again after a 409.</summary>
    private static async Task<System.Text.Json.Nodes.JsonNode> RetriedAsync(AssistantHost host, string body)
    {
        while (true)
        {
            using var answer = await host.Proxy.PostAsync(AssistantHost.Path, body);
            if ((int)answer.StatusCode != 409)
            {
                Assert.Equal(201, (int)answer.StatusCode);
                return System.Text.Json.Nodes.JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            }
        }
    }
}
