using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.LlmQuery;

/// <summary>What can go wrong in a query with tools: each has its error, and the stream ends once.</summary>
public sealed class QueryFailureTests
{
    private static readonly string[] s_dialects = ["openai", "openai-responses", "gemini", "anthropic"];

    public static TheoryData<string, string, string> BadTools()
    {
        var data = new TheoryData<string, string, string>();
        (string Members, string Named)[] wrong =
        [
            ("\"tools\":7", "payload.tools:"),
            ("\"tools\":\"find\"", "payload.tools:"),
            ("\"tools\":{\"name\":\"find\"}", "payload.tools:"),
            ("\"tools\":[7]", "payload.tools[0]:"),
            ("\"tools\":[{\"name\":\"find\"},[]]", "payload.tools[1]:"),
            ("\"tools\":[{\"type\":\"function\"}]", "payload.tools[0].name:"),
            ("\"tools\":[{\"type\":\"function\",\"function\":7}]", "payload.tools[0].function:"),
            ("\"tools\":[{\"name\":7}]", "payload.tools[0].name:"),
            ("\"tools\":[{\"name\":\"find\",\"description\":[]}]", "payload.tools[0].description:"),
            ("\"tools\":[{\"name\":\"find\",\"parameters\":\"{}\"}]", "payload.tools[0].parameters:"),
            ("\"tools\":[{\"name\":\"find\",\"parameters\":[]}]", "payload.tools[0].parameters:"),
            ("\"tools\":[{\"name\":\"find\",\"input_schema\":true}]", "payload.tools[0].input_schema:"),
            ("\"tools\":[{\"functionDeclarations\":{}}]", "payload.tools[0].functionDeclarations:"),
            ("\"functions\":\"find\"", "payload.functions:"),
            ("\"tools\":[{\"name\":\"find\"}],\"tool_choice\":7", "payload.tool_choice:"),
            ("\"tools\":[{\"name\":\"find\"}],\"tool_choice\":\"sometimes\"", "payload.tool_choice:"),
        ];
        foreach (var (members, named) in wrong)
        {
            foreach (var dialect in s_dialects)
            {
                data.Add(dialect, members, named);
            }
        }

        return data;
    }

    public static TheoryData<string, string> Hooks() => new()
    {
        { "html", "neither JSON nor plain text" },
        { "html as json", "neither JSON nor plain text" },
        { "10 MB", "too large" },
        { "500", "status 500" },
        { "redirect", "status 302" },
        { "cut", "could not be reached" },
        { "slow", "did not answer in time" },
    };

    public static TheoryData<string, string, int> LateFailures()
    {
        var data = new TheoryData<string, string, int>();
        foreach (var dialect in s_dialects)
        {
            data.Add(dialect, "429", 429);
            data.Add(dialect, "500", 502);
            data.Add(dialect, "cut", 502);
            data.Add(dialect, "reset", 502);
            data.Add(dialect, "html", 502);
            data.Add(dialect, "silence", 504);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(BadTools))]
    public async Task Tools_that_are_none_are_refused_by_their_place_and_nothing_is_asked(string provider, string members, string named)
    {
        await using var host = await QueryHost.StartAsync();

        foreach (var stream in new[] { "true", "false" })
        {
            using var answer = await host.QueryAsync(QueryHost.Payload(provider, $"\"stream\":{stream},{members}"));

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            var message = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["message"]!.GetValue<string>();
            Assert.StartsWith(named, message, StringComparison.Ordinal);
            Assert.Contains("expected", message, StringComparison.Ordinal);
        }

        Assert.Empty(host.Proxy.Provider.Requests);
        await AssertNothingMoreAsync(host);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("openai-responses")]
    [InlineData("gemini")]
    [InlineData("anthropic")]
    public async Task A_schema_that_only_the_provider_finds_wrong_is_its_400_and_no_stream(string provider)
    {
        await using var host = await QueryHost.StartAsync();
        host.Proxy.Provider.Script(AnyDialect.Path(provider), Refusal(provider));

        using var answer = await host.QueryAsync(QueryHost.Payload(provider, """ "stream":true,"tools":[{"name":"find","parameters":{"type":"object","properties":{"q":{"type":"sting"}}}}] """));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!;
        Assert.Contains("Invalid schema", error["details"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(provider, error["info"]!["provider"]!.GetValue<string>());
        await AssertNothingMoreAsync(host);
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public async Task A_back_end_that_does_not_answer_well_is_told_to_the_model_and_the_stream_goes_on(string failure, string told)
    {
        await using var backEnd = await FakeProviderServer.StartAsync();
        var gate = new Gate();
        backEnd.Script("/hook", HookAnswer(failure, gate));
        var time = new ManualTimeProvider();
        await using var host = await StartAsync(backEnd, time);
        host.Script("openai", "a", [("call_2", "find", "{}")], "b");

        using var answer = await host.QueryAsync(QueryHost.Payload("openai"));
        if (failure == "slow")
        {
            await gate.ReachedAsync();
            time.Advance(TimeSpan.FromSeconds(30));
        }

        var events = await host.ReadUntilAsync("end");
        Assert.Equal("threadInfo delta function_call delta end", Grammar(events));
        Assert.Equal("stop", events[^1]["finish_reason"]!.GetValue<string>());
        Assert.Contains(told, host.Proxy.Provider.Requests[1].BodyText, StringComparison.Ordinal);
        Assert.Single(backEnd.Requests);
        await AssertNothingMoreAsync(host);
    }

    [Theory]
    [MemberData(nameof(LateFailures))]
    public async Task A_provider_that_fails_in_round_3_ends_the_stream_once_by_name_and_with_what_it_cost(string provider, string failure, int code)
    {
        var time = new ManualTimeProvider();
        await using var host = await QueryHost.StartAsync(time: time);
        var gate = new Gate();
        host.Proxy.Provider.Script(
            AnyDialect.Path(provider),
            Script.Sse(AnyDialect.Calls(provider, "a", ("call_2", "find", "{}"))),
            Script.Sse(AnyDialect.Calls(provider, "b", ("call_3", "count", null))),
            Late(provider, failure, gate));

        using var answer = await host.QueryAsync(QueryHost.Payload(provider));
        if (failure == "silence")
        {
            await gate.ReachedAsync();
            await host.ReadUntilAsync("delta");
            await host.ReadUntilAsync("delta");
            await host.ReadUntilAsync("delta");
            time.Advance(TimeSpan.FromSeconds(61));
        }

        var events = await host.ReadUntilAsync("end");
        Assert.Equal("error end", Grammar(events.TakeLast(2)));
        Assert.Equal(code, events[^2]["error"]!["code"]!.GetValue<int>());
        Assert.True(events[^1]["usage"]!["total_tokens"]!.GetValue<int>() >= 24, events[^1].ToJsonString());
        Assert.Equal(3, host.Proxy.Provider.Requests.Count);
        await AssertNothingMoreAsync(host);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("openai-responses")]
    [InlineData("gemini")]
    [InlineData("anthropic")]
    public async Task Without_streaming_a_later_failure_is_the_answer_s_status(string provider)
    {
        await using var host = await QueryHost.StartAsync(new() { ["BfProxy:Tools:MaxToolRounds"] = "2" });
        var payload = QueryHost.Payload(provider, """ "tools":[{"name":"find"}] """);
        var calls = Script.Sse(AnyDialect.Calls(provider, "a", ("call_2", "find", "{}")));

        host.Proxy.Provider.Script(AnyDialect.Path(provider), calls, Script.Sse(AnyDialect.Open(provider, "half")).Cut());
        using var broken = await host.QueryAsync(payload);
        host.Proxy.Provider.Script(AnyDialect.Path(provider), calls);
        using var endless = await host.QueryAsync(payload);

        Assert.Equal(HttpStatusCode.BadGateway, broken.StatusCode);
        Assert.Equal(HttpStatusCode.BadGateway, endless.StatusCode);
        Assert.Contains("after 2 rounds", await endless.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("half", await broken.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("openai-responses")]
    [InlineData("gemini")]
    [InlineData("anthropic")]
    public async Task What_a_model_calls_wrongly_is_told_to_it_call_by_call(string provider)
    {
        await using var host = await QueryHost.StartAsync();
        host.Script(provider, "a", [("call_1", "ghost", "{}"), ("call_2", "find", "{}"), ("call_3", "ui_ghost", "{}")], "b");

        using var answer = await host.QueryAsync(QueryHost.Payload(provider));

        Assert.Equal("threadInfo delta function_call delta end", Grammar(await host.ReadUntilAsync("end")));
        Assert.Equal("find", JsonNode.Parse(Assert.Single(host.BackEnd.Calls).Body)!["name"]!.GetValue<string>());
        Assert.Equal(2, host.Proxy.Provider.Requests[1].BodyText.Split("There is no tool of this name").Length - 1);
        await AssertNothingMoreAsync(host);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("openai-responses")]
    [InlineData("anthropic")]
    public async Task Arguments_that_are_no_JSON_are_told_to_the_model(string provider)
    {
        await using var host = await QueryHost.StartAsync();
        host.Script(provider, "a", [("call_1", "find", "{\"q\":"), ("call_2", "count", "[1]")], "b");

        using var answer = await host.QueryAsync(QueryHost.Payload(provider));

        Assert.Equal("threadInfo delta function_call delta end", Grammar(await host.ReadUntilAsync("end")));
        Assert.Equal(2, host.Proxy.Provider.Requests[1].BodyText.Split("not a JSON object").Length - 1);
        Assert.Empty(host.BackEnd.Calls);
    }

    [Fact]
    public async Task An_answer_after_the_stream_has_ended_comes_too_late()
    {
        await using var host = await QueryHost.StartAsync();
        host.Script("openai", "a", [("call_1", "ui_ask", "{}")], "b");
        using var answer = await host.QueryAsync(QueryHost.Payload("openai"));
        var id = (await host.ReadUntilAsync("llmToolCall"))[^1]["toolCallId"]!.GetValue<string>();
        Assert.Equal("accepted", (await host.AnswerAsync(id))["status"]!.GetValue<string>());
        await host.ReadUntilAsync("end");

        Assert.Equal("already_answered", (await host.AnswerAsync(id, "\"message\":\"late\""))["status"]!.GetValue<string>());
        Assert.Equal(2, host.Proxy.Provider.Requests.Count);
        await AssertNothingMoreAsync(host);
    }

    [Fact]
    public async Task A_socket_of_another_app_cannot_answer()
    {
        await using var host = await QueryHost.StartAsync(new() { ["BfProxy:Apps:other:Domains:0"] = "other.example", ["BfProxy:Apps:test:Domains:0"] = "127.0.0.1" });
        host.Script("openai", "a", [("call_1", "ui_ask", "{}")], "b");
        using var answer = await host.QueryAsync(QueryHost.Payload("openai"));
        var id = (await host.ReadUntilAsync("llmToolCall"))[^1]["toolCallId"]!.GetValue<string>();
        await using var stranger = await ChannelClient.ConnectAsync(host.Proxy.Address, options => options.SetRequestHeader("Host", "other.example"));
        JsonObject Said(string message) => new() { ["toolCallId"] = id, ["message"] = message };

        Assert.Equal("not_found", (await stranger.CommandAsync("llmToolCallResponse", Said("from a stranger")))["status"]!.GetValue<string>());
        Assert.Equal("accepted", (await host.Page.CommandAsync("llmToolCallResponse", Said("from the page")))["status"]!.GetValue<string>());

        await host.ReadUntilAsync("end");
        Assert.Contains("from the page", host.Proxy.Provider.Requests[1].BodyText, StringComparison.Ordinal);
        Assert.DoesNotContain("stranger", host.Proxy.Provider.Requests[1].BodyText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"toolCallId":7}""", "toolCallId: expected")]
    [InlineData("""{"toolCallId":""}""", "toolCallId: expected")]
    [InlineData("""{"toolCallId":null,"success":true}""", "toolCallId: expected")]
    [InlineData("""[]""", "not an object")]
    [InlineData("""not json""", "line 1")]
    public async Task An_answer_that_names_no_call_is_refused(string body, string named)
    {
        await using var host = await QueryHost.StartAsync();

        using var answer = await host.Proxy.PostAsync("/llm/tool-response", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(named, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>Frames come in order: what followed the end would come before this reply, and the grammar would fail it.</summary>
    private static async Task AssertNothingMoreAsync(QueryHost host)
    {
        host.Proxy.WaitForStreams();
        Assert.True((await host.Page.JoinAsync("open-other"))["ok"]!.GetValue<bool>());
    }

    private static Task<QueryHost> StartAsync(FakeProviderServer backEnd, TimeProvider time) => QueryHost.StartAsync(
        new()
        {
            ["BfProxy:Apps:test:Hooks:Tools:Url"] = $"{backEnd.BaseAddress}hook",
            ["BfProxy:Apps:test:Hooks:Tools:Secret"] = "whsec_test",
        },
        time);

    private static Script HookAnswer(string failure, Gate gate) => failure switch
    {
        "html" => Script.Html(200, "<html>Sign in</html>"),
        "html as json" => Script.Json(200, "<html>Sign in</html>"),
        "10 MB" => Script.Json(200, $"\"{new string('x', 10_000_000)}\""),
        "500" => Script.Json(500, "{}"),
        "redirect" => Script.Redirect("/elsewhere"),
        "cut" => Script.Empty.Status(200, "application/json").Text("{\"success\":").Cut(),
        _ => Script.Empty.Status(200, "application/json").Text("{").Wait(gate),
    };

    private static Script Refusal(string provider) => provider switch
    {
        "gemini" => GeminiScripts.Error(400, "Invalid schema for function 'find'", "INVALID_ARGUMENT"),
        "anthropic" => AnthropicScripts.Error(400, "Invalid schema for function 'find'", "invalid_request_error"),
        _ => OpenAiScripts.Error(400, "Invalid schema for function 'find'", "invalid_request_error", "invalid_function_parameters"),
    };

    private static Script Late(string provider, string failure, Gate gate) => failure switch
    {
        "429" when provider == "gemini" => GeminiScripts.RateLimited(),
        "429" when provider == "anthropic" => AnthropicScripts.RateLimited(),
        "429" => OpenAiScripts.RateLimited(),
        "500" => Script.Json(500, "{}"),
        "html" => Script.Html(200, "<html>"),
        "reset" => Script.Sse(AnyDialect.Open(provider, "half")).Reset(),
        "cut" => Script.Sse(AnyDialect.Open(provider, "half")).Cut(),
        _ => Script.Sse(AnyDialect.Open(provider, "half")).Wait(gate),
    };

    private static string Grammar(IEnumerable<JsonNode> events) => string.Join(' ', events.Select(e => e["type"]!.GetValue<string>()));
}
