using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider;

namespace BfProxy.Tests.Assistants;

/// <summary><c>POST /stream/create/assistants</c> on OpenAI's conversations.</summary>
public sealed class AssistantTests
{
    private static readonly (string, string, string)[] OneCall = [("call_1", "find", """{"q":1}""")];

    [Theory]
    [InlineData("/stream/create/assistants/stop", """ "threadId":"a/b","runId":"r" """, "threadId")]
    [InlineData("/stream/create/assistants/stop", """ "threadId":"a","runId":"r s" """, "runId")]
    [InlineData("/stream/create/assistants/stop", """ "threadId":"a" """, "runId")]
    [InlineData("/stream/create/assistants", """ "payload":{"thread_id":"../a","messages":[{"role":"user","content":"x"}]} """, "payload.thread_id")]
    [InlineData("/stream/create/assistants", """ "payload":{"assistant_id":7,"messages":[{"role":"user","content":"x"}]} """, "payload.assistant_id")]
    public async Task A_wrong_id_is_refused_by_the_name_of_its_field(string path, string members, string field)
    {
        await using var host = await ProxyHost.StartAsync();

        using var refused = await host.PostAsync(path, $$"""{"apiKey":"{{ProxyHost.AppKey}}",{{members}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var message = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["message"]!.GetValue<string>();
        Assert.Equal($"{field}: expected an id, a string of 1 to 128 letters, digits, '_' and '-'", message);
    }

    [Fact]
    public async Task A_thread_is_made_continued_and_remembers()
    {
        await using var host = await AssistantHost.StartAsync();

        var first = await host.RunAsync(AssistantHost.Body("red"));
        var second = await host.RunAsync(AssistantHost.Body("blue", AssistantHost.Id(first)));

        Assert.Equal("heard red", AssistantHost.TextOf(first));
        Assert.Equal("heard red, blue", AssistantHost.TextOf(second));
        Assert.Equal("done", second["status"]!.GetValue<string>());
        Assert.Equal(AssistantHost.Id(first), AssistantHost.Id(second));
        Assert.NotEqual(first["runId"]!.GetValue<string>(), second["runId"]!.GetValue<string>());
        Assert.Equal(["user: red", "assistant: heard red", "user: blue", "assistant: heard red, blue"], host.Conversations.Lines(AssistantHost.Id(first)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_documented_example_works_as_pasted(bool stream)
    {
        await using var host = await AssistantHost.StartAsync(new() { ["BfProxy:Apps:test:AnonymousChannels:2"] = "user-conversation-*" });
        await host.Page.JoinAsync("user-conversation-channel-123");
        host.Conversations.Say(
            new FakeTurn(null) { Calls = [("call_1", "getCurrentWeather", """{"location":"San Francisco, CA"}""")] },
            new FakeTurn("Foggy."));
        var pasted = (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Fixtures", "requests", "assistants.jsonc"), Encoding.UTF8))
            .Replace("BFAPI_xxxxxxxx-xxxxxx-xxxxxx", ProxyHost.AppKey, StringComparison.Ordinal)
            .Replace("\"stream\": true", stream ? "\"stream\": true" : "\"stream\": false", StringComparison.Ordinal);

        var gone = await host.RunAsync(pasted, 404);
        Assert.Contains("no longer exists", gone["message"]!.GetValue<string>(), StringComparison.Ordinal);

        var first = await host.RunAsync(pasted.Replace("\"thread_abc123\"", "null", StringComparison.Ordinal));
        if (stream)
        {
            var events = await host.Page.ReadStreamAsync();
            Assert.Equal("threadInfo function_call delta end", string.Join(' ', events.Select(e => e["type"]!.GetValue<string>())));
            Assert.Equal(AssistantHost.Id(first), events[0]["content"]!["assistantThreadId"]!.GetValue<string>());
            Assert.Equal(first["runId"]!.GetValue<string>(), events[0]["content"]!["runId"]!.GetValue<string>());
            Assert.Equal("created", first["status"]!.GetValue<string>());
        }
        else
        {
            Assert.Equal("Foggy.", AssistantHost.TextOf(first));
        }

        var call = JsonNode.Parse(Assert.Single(host.BackEnd.Calls).Body)!;
        Assert.Equal("San Francisco, CA", call["arguments"]!["location"]!.GetValue<string>());
        Assert.Equal(AssistantHost.Id(first), call["threadId"]!.GetValue<string>());
        Assert.Equal(first["runId"]!.GetValue<string>(), call["runId"]!.GetValue<string>());

        await host.RunAsync(pasted.Replace("thread_abc123", AssistantHost.Id(first), StringComparison.Ordinal));
        var asked = host.Proxy.Provider.Requests.Last(request => request.Path == "/v1/responses").ReadNode();
        Assert.Equal("You are a helpful assistant that provides concise answers.", asked["instructions"]!.GetValue<string>());
        Assert.Equal(AssistantHost.Id(first), asked["conversation"]!.GetValue<string>());
        Assert.Single(asked["input"]!.AsArray());
    }

    [Fact]
    public async Task Annotations_of_the_last_message_come_with_it()
    {
        await using var host = await AssistantHost.StartAsync();
        host.Conversations.Say(new FakeTurn("See it") { Annotations = """[{"type":"file_citation","index":3,"file_id":"file-1","filename":"a.pdf"}]""" });

        var answer = await host.RunAsync(AssistantHost.Body("hi"));

        Assert.Equal("a.pdf", answer["data"]![0]!["text"]!["annotations"]![0]!["filename"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_assistant_of_the_configuration_says_what_the_request_does_not()
    {
        await using var host = await AssistantHost.StartAsync(new()
        {
            ["BfProxy:Assistants:asst_1:Model"] = "gpt-fake-9",
            ["BfProxy:Assistants:asst_1:Instructions"] = "Be brief.",
            ["BfProxy:Assistants:asst_1:Tools:0:Type"] = "file_search",
            ["BfProxy:Assistants:asst_1:Tools:0:VectorStoreIds:0"] = "vs_1",
            ["BfProxy:Assistants:asst_1:Tools:1:Type"] = "code_interpreter",
            ["BfProxy:Assistants:asst_1:Tools:2:Name"] = "find",
            ["BfProxy:Assistants:asst_1:Tools:2:Parameters"] = """{"type":"object","properties":{"n":{"type":"integer","minimum":1}}}""",
        });

        await host.RunAsync(AssistantHost.Body("hi", more: "\"assistant_id\":\"asst_1\""));
        var unknown = await host.RunAsync(AssistantHost.Body("hi", more: "\"assistant_id\":\"asst_2\""), 404);

        var asked = host.Proxy.Provider.Requests.Last(request => request.Path == "/v1/responses").ReadNode();
        Assert.Equal("gpt-fake-9", asked["model"]!.GetValue<string>());
        Assert.Equal("Be brief.", asked["instructions"]!.GetValue<string>());
        Assert.Equal("vs_1", asked["tools"]![0]!["vector_store_ids"]![0]!.GetValue<string>());
        Assert.Equal("auto", asked["tools"]![1]!["container"]!["type"]!.GetValue<string>());
        Assert.Equal(1, asked["tools"]![2]!["parameters"]!["properties"]!["n"]!["minimum"]!.GetValue<int>());
        Assert.Contains("gone", unknown["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_reaches_the_provider_and_what_was_said_stays_in_the_thread()
    {
        await using var host = await AssistantHost.StartAsync();
        host.Conversations.Say(new FakeTurn("half an ans") { Gate = new Gate() });

        var run = await host.RunAsync(AssistantHost.Body("long", stream: true));
        await host.Page.NextAsync();
        await host.Page.NextAsync();
        var stopped = await host.StopAsync(run);
        var end = (await host.Page.ReadStreamAsync())[^1];
        await host.Proxy.Provider.Requests.Last(request => request.Path == "/v1/responses").PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        var next = await host.RunAsync(AssistantHost.Body("go on", AssistantHost.Id(run)));

        Assert.Equal("cancelled", stopped["status"]!.GetValue<string>());
        Assert.Equal("stopped", end["finish_reason"]!.GetValue<string>());
        Assert.Equal("heard long, go on", AssistantHost.TextOf(next));
        Assert.Equal(["user: long", "assistant: half an ans", "user: go on", "assistant: heard long, go on"], host.Conversations.Lines(AssistantHost.Id(run)));
        Assert.Equal("cancelled", (await host.StopAsync(run))["status"]!.GetValue<string>());
        Assert.Equal("completed", (await host.StopAsync(next))["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Stop_wants_both_ids_and_tells_an_unknown_run_by_name()
    {
        await using var host = await AssistantHost.StartAsync();

        foreach (var body in new[] { "{}", """{"threadId":"conv_1"}""", """{"runId":"1"}""", """{"threadId":"conv_1","runId":"../x"}""" })
        {
            await AssistantHost.PostAsync(host.Proxy, AssistantHost.Path + "/stop", body.Replace("{", $$"""{"apiKey":"{{ProxyHost.AppKey}}",""", StringComparison.Ordinal).Replace(",}", "}", StringComparison.Ordinal), 400);
        }

        var unknown = await AssistantHost.PostAsync(host.Proxy, AssistantHost.Path + "/stop", $$"""{"apiKey":"{{ProxyHost.AppKey}}","threadId":"conv_1","runId":"1"}""");
        Assert.Equal("not_found", unknown["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_thread_with_an_unanswered_call_is_repaired_before_the_next_turn()
    {
        await using var host = await AssistantHost.StartAsync();
        var id = host.Conversations.Add("""{"bfproxy_app":"test"}""", """{"type":"function_call","call_id":"call_7","name":"find","arguments":"{}"}""");

        var answer = await host.RunAsync(AssistantHost.Body("still there?", id));

        Assert.Equal("heard still there?", AssistantHost.TextOf(answer));
        Assert.Equal("result call_7: cancelled", host.Conversations.Lines(id)[1]);
    }

    [Fact]
    public async Task A_provider_that_fails_between_two_rounds_leaves_a_thread_that_can_go_on()
    {
        await using var host = await AssistantHost.StartAsync();
        host.Conversations.Say(new FakeTurn("Let me see.") { Calls = OneCall }, new FakeTurn(null) { Refusal = Script.Json(500, """{"error":{"message":"down","type":"server_error"}}""") });

        var run = await host.RunAsync(AssistantHost.Body("q", stream: true, more: "\"model\":\"gpt-fake-2\"," + AssistantHost.Tool));
        var events = await host.Page.ReadStreamAsync();
        var next = await host.RunAsync(AssistantHost.Body("again", AssistantHost.Id(run)));

        Assert.Equal("threadInfo delta function_call error end", string.Join(' ', events.Select(e => e["type"]!.GetValue<string>())));
        Assert.Equal("heard q, again", AssistantHost.TextOf(next));
        Assert.Equal("failed", (await host.StopAsync(run))["status"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("conv_unknown")]
    [InlineData("thread_abc")]
    [InlineData("bft_00000000000000000000000000000000")]
    [InlineData("marked")]
    [InlineData("unmarked")]
    public async Task A_thread_that_is_not_the_apps_is_404(string id)
    {
        await using var host = await AssistantHost.StartAsync();
        id = id switch
        {
            "marked" => host.Conversations.Add("""{"bfproxy_app":"other"}"""),
            "unmarked" => host.Conversations.Add("{}"),
            _ => id,
        };

        await host.RunAsync(AssistantHost.Body("hi", id), 404);

        Assert.DoesNotContain(host.Proxy.Provider.Requests, request => request.Path == "/v1/responses");
    }

    [Fact]
    public async Task Ids_that_are_none_are_400()
    {
        await using var host = await AssistantHost.StartAsync();

        await host.RunAsync(AssistantHost.Body("hi", "../models"), 400);
        await host.RunAsync(AssistantHost.Body("hi", more: "\"thread_id\":5"), 400);

        Assert.Empty(host.Proxy.Provider.Requests);
    }

    [Fact]
    public async Task Two_hundred_requests_on_one_thread_take_their_turns()
    {
        await using var host = await AssistantHost.StartAsync();
        var thread = AssistantHost.Id(await host.RunAsync(AssistantHost.Body("first")));

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => host.RunAsync(AssistantHost.Body($"n{i}", thread))));

        var lines = host.Conversations.Lines(thread);
        Assert.Equal(402, lines.Count);
        Assert.Equal(201, lines.Where((line, index) => index % 2 == 0 && line.StartsWith("user: ", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task A_busy_thread_refuses_with_409_where_it_is_told_to()
    {
        await using var host = await AssistantHost.StartAsync(new() { ["BfProxy:Threads:WhenBusy"] = "refuse" });
        var gate = new Gate();
        host.Conversations.Say(new FakeTurn("slow") { Gate = gate });
        var run = await host.RunAsync(AssistantHost.Body("a", stream: true));

        var refused = await host.RunAsync(AssistantHost.Body("b", AssistantHost.Id(run)), 409);

        Assert.Equal("Conflict", refused["name"]!.GetValue<string>());
        gate.Release();
        await host.Page.ReadStreamAsync();
    }
}
