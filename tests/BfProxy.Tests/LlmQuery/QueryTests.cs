using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.LlmQuery;

/// <summary><c>POST /llm/query</c>: tools run to the end, on pages and back ends, in every dialect.</summary>
public sealed class QueryTests
{
    private static readonly (string, string, string?)[] ThreeCalls = [("call_1", "ui_ask", """{"userMessage":"Please look"}"""), ("call_2", "find", """{"q":"日本"}"""), ("call_3", "count", null)];

    [Theory]
    [InlineData("openai")]
    [InlineData("openai-responses")]
    [InlineData("gemini")]
    [InlineData("anthropic")]
    public async Task One_tool_on_the_page_and_two_at_the_back_end_bring_the_answer(string provider)
    {
        await using var host = await QueryHost.StartAsync();
        host.Script(provider, "Let me see.", ThreeCalls, "There are two.");

        using var answer = await host.QueryAsync(QueryHost.Payload(provider));
        var acknowledgment = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("Streaming setup complete", acknowledgment["data"]!["message"]!.GetValue<string>());
        var events = await host.ReadUntilAsync("llmToolCall");
        var id = events[^1]["toolCallId"]!.GetValue<string>();
        Assert.Equal("accepted", (await host.AnswerAsync(id))["status"]!.GetValue<string>());
        Assert.Equal("already_answered", (await host.AnswerAsync(id))["status"]!.GetValue<string>());
        events.AddRange(await host.ReadUntilAsync("end"));

        Assert.Equal("threadInfo delta function_call llmToolCall delta end", Grammar(events));
        Assert.Equal(acknowledgment["streamId"]!.GetValue<string>(), events[0]["content"]!["streamId"]!.GetValue<string>());
        Assert.Equal("Let me see.There are two.", ChannelClient.TextOf(events));
        AssertCalls(events[2]["content"]!["functions"]!.AsArray(), id);
        Assert.Equal("ask", events[3]["toolName"]!.GetValue<string>());
        Assert.Equal("""{"userMessage":"Please look"}""", JsonNode.Parse(events[3]["options"]!["functions"]![0]!["arguments"]!.GetValue<string>())!.ToJsonString());
        Assert.Equal("stop", events[^1]["finish_reason"]!.GetValue<string>());
        AssertBackEnd(host, acknowledgment["streamId"]!.GetValue<string>());
        AssertResults(host.Proxy.Provider.Requests[1].BodyText);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_member_of_the_providers_own_with_a_name_that_is_no_text_is_no_failure(bool afterTools)
    {
        await using var host = await QueryHost.StartAsync();
        var odd = OpenAiFrames.Delta("whole").Replace("{\"id\"", "{\"\\ud800\":1,\"id\"", StringComparison.Ordinal);
        Assert.Contains("ud800", odd, StringComparison.Ordinal);
        var last = Script.Sse(OpenAiFrames.Role(), odd, OpenAiFrames.Finish(), OpenAiFrames.Done);
        if (afterTools)
        {
            host.Proxy.Provider.Script(OpenAiScripts.Path, Script.Sse(AnyDialect.Calls("openai", "Let me look it up.", ("call_2", "find", "{}"))), last);
        }
        else
        {
            host.Proxy.Provider.Script(OpenAiScripts.Path, last);
        }

        using var answer = await host.QueryAsync(QueryHost.Payload("openai", """ "tools":[{"name":"find","parameters":{"type":"object"}}] """));

        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, body);
        Assert.Contains("whole", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai", 22)]
    [InlineData("openai-responses", 22)]
    [InlineData("anthropic", 22)]
    public async Task The_tokens_of_all_rounds_are_counted_together(string provider, int total)
    {
        await using var host = await QueryHost.StartAsync();
        host.Script(provider, "a", [("call_2", "find", "{}")], "b");

        using var answer = await host.QueryAsync(QueryHost.Payload(provider));

        Assert.Equal(total, (await host.ReadUntilAsync("end"))[^1]["usage"]!["total_tokens"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("openai-responses")]
    [InlineData("gemini")]
    [InlineData("anthropic")]
    public async Task Without_streaming_the_last_answer_comes_back_whole(string provider)
    {
        await using var host = await QueryHost.StartAsync();
        host.Script(provider, "a", [("call_2", "find", """{"q":1}""")], "two");

        using var answer = await host.QueryAsync(QueryHost.Payload(provider, """ "tools":[{"name":"find","parameters":{"type":"object"}}] """));

        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.True(body["success"]!.GetValue<bool>());
        Assert.Equal("act", body["actionName"]!.GetValue<string>());
        Assert.Equal("two", body["data"]!["choices"]![0]!["message"]!["content"]!.GetValue<string>());
        Assert.True(body["data"]!["usage"]!["total_tokens"]!.GetValue<int>() > 20);
        Assert.Single(host.BackEnd.Calls);
    }

    [Fact]
    public async Task A_query_without_tools_is_a_chat_with_a_thread_info()
    {
        await using var host = await QueryHost.StartAsync();
        host.Proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Hi"));

        using var answer = await host.QueryAsync(QueryHost.Payload("openai", "\"stream\":true"));

        Assert.Equal("threadInfo delta end", Grammar(await host.ReadUntilAsync("end")));
    }

    [Theory]
    [InlineData("""{"name":"ghost"}""", "ghost", "{}", "There is no tool of this name")]
    [InlineData("""{"name":"find"}""", "find", "{\"q\":", "not a JSON object")]
    [InlineData("""{"name":"find"}""", "find", "[1]", "not a JSON object")]
    public async Task A_call_that_cannot_be_run_is_told_to_the_model_and_to_nobody_else(string unused, string name, string arguments, string told)
    {
        Assert.NotEmpty(unused);
        await using var host = await QueryHost.StartAsync();
        host.Script("openai", "a", [("call_9", name, arguments)], "b");

        using var answer = await host.QueryAsync(QueryHost.Payload("openai"));

        Assert.Equal("threadInfo delta function_call delta end", Grammar(await host.ReadUntilAsync("end")));
        Assert.Contains(told, host.Proxy.Provider.Requests[1].BodyText, StringComparison.Ordinal);
        Assert.Empty(host.BackEnd.Calls);
    }

    [Fact]
    public async Task Where_the_app_has_no_back_end_the_model_is_told_that_the_tool_is_not_available()
    {
        await using var host = await QueryHost.StartAsync(new() { ["BfProxy:Apps:test:Hooks:Tools:Url"] = null });
        host.Script("openai", "a", [("call_2", "find", "{}")], "b");

        using var answer = await host.QueryAsync(QueryHost.Payload("openai"));

        Assert.Equal("threadInfo delta function_call delta end", Grammar(await host.ReadUntilAsync("end")));
        Assert.Contains("not available", host.Proxy.Provider.Requests[1].BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_back_end_that_is_down_is_told_to_the_model()
    {
        await using var host = await QueryHost.StartAsync(new() { ["BfProxy:Apps:test:Hooks:Tools:Url"] = "http://127.0.0.1:1/hook", ["BfProxy:Apps:test:Hooks:Tools:Secret"] = "whsec_test" });
        host.Script("openai", "a", [("call_2", "find", "{}")], "b");

        using var answer = await host.QueryAsync(QueryHost.Payload("openai"));

        Assert.Equal("threadInfo delta function_call delta end", Grammar(await host.ReadUntilAsync("end")));
        Assert.Contains("could not be reached", host.Proxy.Provider.Requests[1].BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_does_not_answer_in_time_is_told_to_the_model()
    {
        var time = new ManualTimeProvider();
        await using var host = await QueryHost.StartAsync(time: time);
        host.Script("openai", "a", [("call_1", "ui_ask", "{}")], "b");
        using var answer = await host.QueryAsync(QueryHost.Payload("openai"));
        var id = (await host.ReadUntilAsync("llmToolCall"))[^1]["toolCallId"]!.GetValue<string>();

        // The timer may not yet be set when the frame is seen.
        await time.TimerAsync(TimeSpan.FromSeconds(90));
        time.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal("delta end", Grammar(await host.ReadUntilAsync("end")));
        Assert.Contains("timed out", host.Proxy.Provider.Requests[1].BodyText, StringComparison.Ordinal);
        Assert.NotEqual("accepted", (await host.AnswerAsync(id))["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_model_that_goes_on_calling_is_told_to_answer_and_then_ended_by_an_error()
    {
        await using var host = await QueryHost.StartAsync(new() { ["BfProxy:Tools:MaxToolRounds"] = "2" });
        host.Proxy.Provider.Handle(OpenAiScripts.Path, _ => Script.Sse(AnyDialect.Calls("openai", "a", ("call_2", "find", "{}"))));

        using var answer = await host.QueryAsync(QueryHost.Payload("openai"));

        var events = await host.ReadUntilAsync("end");
        Assert.Equal("threadInfo delta function_call delta function_call delta error end", Grammar(events));
        Assert.Equal(502, events[^2]["error"]!["code"]!.GetValue<int>());
        Assert.Equal(3, host.Proxy.Provider.Requests.Count);
        Assert.Contains("\"tool_choice\":\"none\"", host.Proxy.Provider.Requests[2].BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_fails_in_a_later_round_ends_the_stream_once_and_by_name()
    {
        await using var host = await QueryHost.StartAsync();
        host.Proxy.Provider.Script(
            OpenAiScripts.Path,
            Script.Sse(AnyDialect.Calls("openai", "a", ("call_2", "find", "{}"))),
            Script.Sse(AnyDialect.Calls("openai", "b", ("call_3", "count", null))),
            OpenAiScripts.RateLimited());

        using var answer = await host.QueryAsync(QueryHost.Payload("openai"));

        var events = await host.ReadUntilAsync("end");
        Assert.Equal("threadInfo delta function_call delta function_call error end", Grammar(events));
        Assert.Equal(429, events[^2]["error"]!["code"]!.GetValue<int>());
        Assert.Equal("error", events[^1]["finish_reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_stop_while_a_page_is_waited_for_ends_in_order()
    {
        await using var host = await QueryHost.StartAsync();
        host.Script("openai", "a", [("call_1", "ui_ask", "{}")], "b");
        using var answer = await host.QueryAsync(QueryHost.Payload("openai"));
        var seen = await host.ReadUntilAsync("llmToolCall");

        using var stop = await host.Proxy.PostAsync("/llm/query/stop", $$"""{"streamId":"{{seen[0]["content"]!["streamId"]}}"}""");

        var events = await host.ReadUntilAsync("end");
        Assert.Equal("end", Grammar(events));
        Assert.Equal("stopped", events[^1]["finish_reason"]!.GetValue<string>());
        Assert.Single(host.Proxy.Provider.Requests);
        Assert.Equal("already_answered", (await host.AnswerAsync(seen[^1]["toolCallId"]!.GetValue<string>()))["status"]!.GetValue<string>());
        host.Proxy.WaitForStreams();
    }

    [Theory]
    [InlineData("openai", "estimated")]
    [InlineData("openai-responses", "estimated")]
    [InlineData("gemini", "partial")]
    [InlineData("anthropic", "partial")]
    public async Task What_a_stopped_or_broken_stream_cost_is_told_with_its_end(string provider, string source)
    {
        await using var host = await QueryHost.StartAsync();
        foreach (var ending in new[] { "stopped", "error" })
        {
            var cut = new Gate();
            host.Proxy.Provider.Script(AnyDialect.Path(provider), Script.Sse(AnyDialect.Open(provider, "Twelve bytes")).Wait(cut).Cut());
            using var answer = await host.QueryAsync(QueryHost.Payload(provider, "\"stream\":true"));
            var seen = await host.ReadUntilAsync("delta");

            if (ending == "stopped")
            {
                using var stop = await host.Proxy.PostAsync("/llm/query/stop", $$"""{"streamId":"{{seen[0]["content"]!["streamId"]}}"}""");
            }

            cut.Release();
            var end = (await host.ReadUntilAsync("end"))[^1];
            Assert.Equal(ending, end["finish_reason"]!.GetValue<string>());
            Assert.Equal(source, end["usage_source"]!.GetValue<string>());
            Assert.True(end["usage"]!["completion_tokens"]!.GetValue<int>() >= 3);
            Assert.True(end["usage"]!["prompt_tokens"]!.GetValue<int>() > 0);
        }
    }

    [Fact]
    public async Task A_round_that_was_refused_costs_nothing_and_the_ones_before_it_do()
    {
        await using var host = await QueryHost.StartAsync();
        host.Proxy.Provider.Script(OpenAiScripts.Path, Script.Sse(AnyDialect.Calls("openai", "a", ("call_2", "find", "{}"))), Script.Json(400, "{}"));

        using var answer = await host.QueryAsync(QueryHost.Payload("openai"));

        var end = (await host.ReadUntilAsync("end"))[^1];
        Assert.Equal(("error", 12, "reported"), (end["finish_reason"]!.GetValue<string>(), end["usage"]!["total_tokens"]!.GetValue<int>(), end["usage_source"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Of_an_answer_that_never_came_nothing_is_reckoned()
    {
        await using var host = await QueryHost.StartAsync();
        host.Proxy.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role()).Cut());

        using var answer = await host.QueryAsync(QueryHost.Payload("openai", "\"stream\":true"));

        Assert.Null((await host.ReadUntilAsync("end"))[^1]["usage"]);
    }

    [Fact]
    public async Task A_page_answers_over_its_socket_too()
    {
        await using var host = await QueryHost.StartAsync();
        host.Script("openai", "a", [("call_1", "ui_ask", "{}")], "b");
        using var answer = await host.QueryAsync(QueryHost.Payload("openai"));
        var id = (await host.ReadUntilAsync("llmToolCall"))[^1]["toolCallId"]!.GetValue<string>();
        var said = new JsonObject { ["toolCallId"] = id, ["success"] = true, ["message"] = "over the socket" };

        Assert.Equal("not_found", (await host.Page.CommandAsync("llmToolCallResponse", new JsonObject { ["toolCallId"] = new string('0', 32) }))["status"]!.GetValue<string>());
        Assert.Equal("accepted", (await host.Page.CommandAsync("llmToolCallResponse", said.DeepClone().AsObject()))["status"]!.GetValue<string>());
        Assert.Equal("already_answered", (await host.Page.CommandAsync("llmToolCallResponse", said.DeepClone().AsObject()))["status"]!.GetValue<string>());
        await host.ReadUntilAsync("end");
        Assert.Contains("over the socket", host.Proxy.Provider.Requests[1].BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_app_cannot_answer()
    {
        await using var host = await QueryHost.StartAsync(new() { ["BfProxy:Apps:other:Domains:0"] = "other.example", ["BfProxy:Apps:test:Domains:0"] = "127.0.0.1" });
        host.Script("openai", "a", [("call_1", "ui_ask", "{}")], "b");
        using var answer = await host.QueryAsync(QueryHost.Payload("openai"));
        var id = (await host.ReadUntilAsync("llmToolCall"))[^1]["toolCallId"]!.GetValue<string>();

        Assert.Equal("not_found", (await host.AnswerAsync(id, onHost: "other.example"))["status"]!.GetValue<string>());
        Assert.Equal("accepted", (await host.AnswerAsync(id))["status"]!.GetValue<string>());
        await host.ReadUntilAsync("end");
    }

    [Fact]
    public async Task An_answer_without_its_call_is_refused_and_one_to_an_unknown_call_not_found()
    {
        await using var host = await QueryHost.StartAsync();
        using var nameless = await host.Proxy.PostAsync("/llm/tool-response", """{"success":true}""");

        Assert.Equal(HttpStatusCode.BadRequest, nameless.StatusCode);
        Assert.Contains("toolCallId", await nameless.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("not_found", (await host.AnswerAsync("0123456789abcdef0123456789abcdef"))["status"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"apiKey":"BFAPI_test","channels":["anonymous"],"payload":{"provider":"openai","stream":true,"model":"gpt-fake-1","messages":[{"role":"user","content":"x"}]}}""", "actionName")]
    [InlineData("""{"apiKey":"BFAPI_test","actionName":"a","payload":{"provider":"openai","model":"gpt-fake-1","messages":[{"role":"user","content":"x"}],"tools":[{"name":"ui_x"}]}}""", "'ui_x'")]
    [InlineData("""{"apiKey":"BFAPI_test","actionName":"a","channels":["anonymous"],"payload":{"provider":"openai","stream":true,"model":"gpt-fake-1","messages":[{"role":"user","content":"x"}],"tools":{"name":"x"}}}""", "payload.tools")]
    [InlineData("""{"apiKey":"BFAPI_test","actionName":"a","channels":["anonymous"],"payload":{"provider":"openai","stream":true,"model":"gpt-fake-1","messages":[{"role":"user","content":"x"}],"tools":[{"name":"x","parameters":7}]}}""", "payload.tools[0].parameters")]
    public async Task A_query_that_cannot_be_run_is_refused_by_name_and_nothing_is_asked(string body, string named)
    {
        await using var host = await QueryHost.StartAsync();

        using var answer = await host.Proxy.PostAsync("/llm/query", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(named, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(host.Proxy.Provider.Requests);
    }

    private static string Grammar(IEnumerable<JsonNode> events) => string.Join(' ', events.Select(e => e["type"]!.GetValue<string>()));

    private static void AssertCalls(JsonArray functions, string pageCall)
    {
        Assert.Equal(["ui_ask", "find", "count"], functions.Select(function => function!["name"]!.GetValue<string>()));
        Assert.Equal("Please look", functions[0]!["userMessage"]!.GetValue<string>());
        Assert.Null(functions[1]!["userMessage"]);
        Assert.Equal(pageCall, functions[0]!["toolCallId"]!.GetValue<string>());
        Assert.Equal(3, functions.Select(function => function!["toolCallId"]!.GetValue<string>()).Distinct().Count());
    }

    private static void AssertBackEnd(QueryHost host, string streamId)
    {
        var calls = host.BackEnd.Calls.Select(call => JsonNode.Parse(call.Body)!).OrderBy(call => call["name"]!.GetValue<string>(), StringComparer.Ordinal).ToList();
        Assert.Equal(["count", "find"], calls.Select(call => call["name"]!.GetValue<string>()));
        Assert.Equal("{}", calls[0]["arguments"]!.ToJsonString());
        Assert.Equal("日本", calls[1]["arguments"]!["q"]!.GetValue<string>());
        Assert.All(calls, call => Assert.Equal((streamId, "test", "anonymous", "act"), (call["streamId"]!.GetValue<string>(), call["app"]!.GetValue<string>(), call["channels"]![0]!.GetValue<string>(), call["actionName"]!.GetValue<string>())));
        Assert.All(host.BackEnd.Calls, call => Assert.Equal(200, call.Status));
    }

    /// <summary>Whatever the form, the second request holds the page's answer once and the back end's twice.</summary>
    private static void AssertResults(string body)
    {
        var text = body.Replace("\\", "", StringComparison.Ordinal);
        Assert.Equal(1, Count(text, "\"message\":\"yes\""));
        Assert.Equal(2, Count(text, "\"message\":\"done\""));
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
