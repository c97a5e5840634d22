using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Chat;

/// <summary><c>POST /stream/create</c> for Anthropic and for OpenAI's Responses: tokens, one response, calls, refusals.</summary>
public sealed class DialectTests
{
    private const string Anthropic = """ "provider":"anthropic","model":"claude-fake-1" """;
    private const string Responses = """ "provider":"openai-responses","model":"gpt-fake-2" """;
    private const string Stream = """, "stream":true """;

    public static TheoryData<string, string, int, string?> Refusals() => new()
    {
        { "anthropic", "401", 401, null },
        { "anthropic", "403", 403, null },
        { "anthropic", "404", 404, null },
        { "anthropic", "429", 429, "7" },
        { "anthropic", "529", 502, null },
        { "openai-responses", "401", 401, null },
        { "openai-responses", "404", 404, null },
        { "openai-responses", "429", 429, "7" },
        { "openai-responses", "529", 502, "3" },
    };

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai-responses")]
    public async Task Tokens_arrive_on_the_channel_and_end_once(string provider)
    {
        await using var host = await StartAsync();
        Answer(host, provider, "Ein", " Satz: \"日\" 🚀", "\n.");
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(Payload(provider) + Stream);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var events = await client.ReadStreamAsync();
        Assert.Equal("Ein Satz: \"日\" 🚀\n.", ChannelClient.TextOf(events));
        Assert.Equal("stop", events[^1]["finish_reason"]!.GetValue<string>());
        Assert.Equal(12, events[^1]["usage"]!["total_tokens"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("anthropic", "claude-fake-1")]
    [InlineData("openai-responses", "gpt-fake-2")]
    public async Task A_buffered_answer_has_the_shape_of_a_chat_completion(string provider, string model)
    {
        await using var host = await StartAsync();
        Answer(host, provider, "Grüße", " aus", " Köln");

        using var answer = await host.ChatAsync(Payload(provider));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("chat.completion", body["object"]!.GetValue<string>());
        Assert.Equal(model, body["model"]!.GetValue<string>());
        Assert.Equal("Grüße aus Köln", body["choices"]![0]!["message"]!["content"]!.GetValue<string>());
        Assert.Equal("stop", body["choices"]![0]!["finish_reason"]!.GetValue<string>());
        Assert.Equal(9, body["usage"]!["prompt_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task Anthropic_is_asked_with_its_key_header_and_version()
    {
        await using var host = await StartAsync();
        Answer(host, "anthropic", "ok");

        using var answer = await host.ChatAsync(Anthropic + """, "apiKey":"sk-ant-caller" """);

        var seen = await host.Provider.NextRequestAsync();
        Assert.Equal("sk-ant-caller", seen.Headers["x-api-key"].ToString());
        Assert.Equal("2023-06-01", seen.Headers["anthropic-version"].ToString());
        Assert.False(seen.Headers.ContainsKey("Authorization"));
        Assert.Equal(4096, seen.ReadJson().GetProperty("max_tokens").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_has_its_status_streaming_or_not(string provider, string failure, int status, string? retryAfter)
    {
        await using var host = await StartAsync();
        host.Provider.Script(PathOf(provider), Refuse(provider, failure), Refuse(provider, failure));

        foreach (var stream in new[] { "", Stream })
        {
            using var answer = await host.ChatAsync(Payload(provider) + stream);

            Assert.Equal(status, (int)answer.StatusCode);
            var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            Assert.Equal(status, error["code"]!.GetValue<int>());
            Assert.Equal(provider, error["error"]!["info"]!["provider"]!.GetValue<string>());
            Assert.Equal(retryAfter, answer.Headers.TryGetValues("Retry-After", out var values) ? values.Single() : null);
        }
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai-responses")]
    public async Task A_stream_that_breaks_or_fails_shows_an_error_and_one_end(string provider)
    {
        await using var host = await StartAsync();
        host.Provider.Script(PathOf(provider), Script.Sse([.. Begin(provider), Break(provider)]), Script.Sse(Begin(provider)));
        await using var client = await host.ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            using var answer = await host.ChatAsync(Payload(provider) + Stream);
            var events = await client.ReadStreamAsync();

            Assert.Equal(["delta", "error", "end"], events.Select(e => e["type"]!.GetValue<string>()));
            Assert.Equal(502, events[1]["error"]!["code"]!.GetValue<int>());
            Assert.Equal("error", events[2]["finish_reason"]!.GetValue<string>());
        }
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai-responses")]
    public async Task Calls_arrive_as_one_event_before_the_end(string provider)
    {
        await using var host = await StartAsync();
        host.Provider.Script(PathOf(provider), Script.Sse(Calls(provider)));
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(Payload(provider) + Stream + """, "tools":[{"name":"tide"},{"name":"moon"}] """);

        var events = await client.ReadStreamAsync();
        Assert.Equal(["function_call", "end"], events.Select(e => e["type"]!.GetValue<string>()));
        var functions = events[0]["content"]!["functions"]!.AsArray();
        Assert.Equal(["tide", "moon"], functions.Select(f => f!["name"]!.GetValue<string>()));
        Assert.Equal(["""{"at":"Bergen","userMessage":"One moment"}""", "{}"], functions.Select(f => f!["arguments"]!.GetValue<string>()));
        Assert.Equal("One moment", functions[0]!["userMessage"]!.GetValue<string>());
        Assert.Equal(["call_1", "call_2"], functions.Select(f => f!["id"]!.GetValue<string>()));
        Assert.Equal("tool_calls", events[1]["finish_reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Thinking_is_no_text()
    {
        await using var host = await StartAsync();
        host.Provider.Script(AnthropicScripts.Path, Script.Sse(
            AnthropicFrames.Start(), AnthropicFrames.StartThinking(), AnthropicFrames.Thinking("hidden"), AnthropicFrames.Signature("c2ln"), AnthropicFrames.StopBlock(),
            AnthropicFrames.StartText(1), AnthropicFrames.Text("shown", 1), AnthropicFrames.StopBlock(1), AnthropicFrames.End(), AnthropicFrames.Stop));
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(Anthropic + Stream);

        Assert.Equal("shown", ChannelClient.TextOf(await client.ReadStreamAsync()));
    }

    [Theory]
    [InlineData("gpt-5.6-terra", "", "/v1/responses")]
    [InlineData("gpt-5.4", """, "reasoning_effort":"low" """, "/v1/responses")]
    [InlineData("gpt-5.4", "", "/v1/chat/completions")]
    [InlineData("gpt-5.6-terra", """, "reasoning_effort":"none" """, "/v1/chat/completions")]
    [InlineData("gpt-4o", "", "/v1/chat/completions")]
    public async Task A_model_that_takes_tools_on_Responses_alone_is_asked_there(string model, string members, string path)
    {
        await using var host = await StartAsync();
        host.Provider.Script("/v1/responses", ResponsesScripts.Chat("same", " words"));
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("same", " words"));

        using var answer = await host.ChatAsync($$""" "provider":"openai","model":"{{model}}","tools":[{"name":"f"}]{{members}} """);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("same words", body["choices"]![0]!["message"]!["content"]!.GetValue<string>());
        Assert.Equal(path, (await host.Provider.NextRequestAsync()).Path);
    }

    [Fact]
    public async Task The_operator_s_rules_have_the_last_word()
    {
        await using var host = await StartAsync(new()
        {
            ["BfProxy:Providers:openai:ModelRules:0:Models:0"] = "gpt-5.6*",
            ["BfProxy:Providers:openai:ModelRules:0:DialectWithTools"] = "openai",
            ["BfProxy:Providers:openai:ModelRules:0:Drop:0"] = "seed",
        });
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("ok"));

        using var answer = await host.ChatAsync(""" "provider":"openai","model":"gpt-5.6-terra","tools":[{"name":"f"}],"seed":1 """);

        var seen = await host.Provider.NextRequestAsync();
        Assert.Equal(OpenAiScripts.Path, seen.Path);
        Assert.Equal("none", seen.ReadJson().GetProperty("reasoning_effort").GetString());
        Assert.False(seen.ReadJson().TryGetProperty("seed", out _));
    }

    private static Task<ProxyHost> StartAsync(Dictionary<string, string?>? more = null) => ProxyHost.StartAsync(new(more ?? [])
    {
        ["BfProxy:Providers:openai-responses:Dialect"] = "openai-responses",
        ["BfProxy:Providers:openai-responses:Cluster"] = "openai",
        ["BfProxy:Providers:openai-responses:ApiKey"] = "sk-server",
    });

    private static string Payload(string provider) => provider == "anthropic" ? Anthropic : Responses;

    private static string PathOf(string provider) => provider == "anthropic" ? AnthropicScripts.Path : ResponsesScripts.Path;

    private static void Answer(ProxyHost host, string provider, params string[] texts) =>
        host.Provider.Script(PathOf(provider), provider == "anthropic" ? AnthropicScripts.Chat(texts) : ResponsesScripts.Chat(texts));

    private static Script Refuse(string provider, string failure) => (provider, failure) switch
    {
        ("anthropic", "401") => AnthropicScripts.BadKey(),
        ("anthropic", "403") => AnthropicScripts.Forbidden(),
        ("anthropic", "404") => AnthropicScripts.UnknownModel("claude-fake-1"),
        ("anthropic", "429") => AnthropicScripts.RateLimited(),
        ("anthropic", _) => AnthropicScripts.Overloaded(),
        (_, "401") => OpenAiScripts.BadKey(),
        (_, "404") => ResponsesScripts.UnknownModel("gpt-fake-2"),
        (_, "429") => OpenAiScripts.RateLimited(),
        _ => OpenAiScripts.Overloaded("3"),
    };

    private static IReadOnlyList<string> Begin(string provider) => provider == "anthropic"
        ? [AnthropicFrames.Start(), AnthropicFrames.StartText(), AnthropicFrames.Text("half")]
        : [ResponsesFrames.Created(), ResponsesFrames.Delta("half", 1)];

    private static string Break(string provider) => provider == "anthropic"
        ? AnthropicFrames.Error("Overloaded", "overloaded_error")
        : ResponsesFrames.Failed("Something broke.", "server_error");

    private static IReadOnlyList<string> Calls(string provider) => provider == "anthropic"
        ? [
            AnthropicFrames.Start(),
            .. AnthropicFrames.Call(0, "call_1", "tide", """{"at":"Ber""", """gen","userMessage":"One moment"}"""),
            .. AnthropicFrames.Call(1, "call_2", "moon"),
            AnthropicFrames.End("tool_use"), AnthropicFrames.Stop,
        ]
        : [
            ResponsesFrames.Created(),
            ResponsesFrames.CallDelta("call_1", """{"at":"Ber"""), ResponsesFrames.CallDone("call_1", "tide", """{"at":"Bergen","userMessage":"One moment"}"""),
            ResponsesFrames.CallDone("call_2", "moon", "", 1), ResponsesFrames.Completed(),
        ];
}
