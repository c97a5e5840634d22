using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Pipeline;
using BfProxy.Transforms.Tests.Contract;

namespace BfProxy.Transforms.Tests.Dialects;

/// <summary>What any dialect read of a round with calls, it can say again together with the results.</summary>
public sealed class ToolRoundTests
{
    private const string Tools = "'tools':[{'name':'tide_table'},{'name':'moon_phase'},{'name':'wind'},{'name':'ping'}]";

    public static TheoryData<string, string> Rounds() => new()
    {
        { "openai", "gpt-4o" },
        { "openai-responses", "gpt-5.6-terra" },
        { "gemini", "gemini-3.8-flash" },
        { "anthropic", "claude-sonnet-5-5" },
    };

    [Theory]
    [MemberData(nameof(Rounds))]
    public void Every_call_of_a_round_goes_back_with_exactly_one_result(string dialect, string model)
    {
        var turn = Read(dialect, dialect == "openai" ? "tool-calls-parallel" : "parallel-calls");
        var ids = turn.Calls.Select(call => call.Id).ToArray();
        ToolRound round = new(turn, [new("unknown", "x"), new(ids[1], """{"phase":"full"}"""), new(ids[1], "again"), new(ids[0], "broken", IsError: true)]);

        var body = Write(dialect, model, Request(Tools), [round]);

        var (calls, results) = CallsAndResults(dialect, body);
        Assert.Equal(turn.Calls.Select(call => call.Name), calls.Select(call => call.Name));
        Assert.Equal(turn.Calls.Select(call => Canonical(call.Arguments)), calls.Select(call => Canonical(call.Arguments)));
        Assert.Equal(calls.Select(call => call.Id), results.Select(result => result.Id));
        Assert.Contains("broken", results[0].Text, StringComparison.Ordinal);
        Assert.Contains("full", results[1].Text, StringComparison.Ordinal);
        Assert.All(results.Skip(2), result => Assert.Contains("no result", result.Text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Rounds))]
    public void Text_before_the_calls_stays_and_rounds_follow_each_other(string dialect, string model)
    {
        var turn = new AnswerTurn(dialect, "One \"moment\" 日", [new ToolCall("c1", "ping", "{}")]);
        var next = new AnswerTurn(dialect, "", [new ToolCall("c1", "ping", """{"n":2.50}""")]);

        var body = Write(dialect, model, Request(Tools), [new(turn, [new("c1", "pong")]), new(next, [new("c1", "pong again")])]);

        var (calls, results) = CallsAndResults(dialect, body);
        Assert.Contains("""One \"moment\" 日""", Encoding.UTF8.GetString(body.Span), StringComparison.Ordinal);
        Assert.Equal(["{}", """{"n":2.50}"""], calls.Select(call => Canonical(call.Arguments)));
        Assert.Equal(calls.Select(call => call.Id), results.Select(result => result.Id));
        Assert.Equal(["pong", "pong again"], results.Select(result => result.Text));
    }

    [Theory]
    [MemberData(nameof(Rounds))]
    public void Arguments_that_are_no_object_go_back_as_the_model_wrote_them(string dialect, string model)
    {
        var turn = new AnswerTurn(dialect, "", [new ToolCall("c1", "ping", "{ not \"JSON"), new ToolCall("c2", "ping", "[1]")]);

        var body = Write(dialect, model, Request(Tools), [new(turn, [])]);

        var (calls, _) = CallsAndResults(dialect, body);
        Assert.Equal(["""{"invalid_arguments":"{ not \u0022JSON"}""", """{"invalid_arguments":"[1]"}"""], calls.Select(call => Canonical(call.Arguments)));
    }

    [Theory]
    [MemberData(nameof(Rounds))]
    public void A_forced_call_is_forced_once_and_the_last_round_may_be_without_calls(string dialect, string model)
    {
        var request = Request(Tools + ",'tool_choice':'required'");
        var round = new ToolRound(new AnswerTurn(dialect, "", [new ToolCall("c1", "ping", "{}")]), []);
        var forced = dialect switch { "gemini" => "ANY", "anthropic" => "any", _ => "required" };

        var first = Choice(NativeBody.Write(dialect, request, dialect == "anthropic" ? "claude-sonnet-4-5" : model, stream: true));
        var second = Choice(Write(dialect, model, request, [round]));
        var last = Choice(NativeBody.Write(dialect, request.Continue([round], mayCall: false), model, stream: true));

        Assert.Contains(forced, first, StringComparison.Ordinal);
        Assert.Contains("auto", second, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("none", last, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Claude_s_thoughts_go_back_signed_before_its_calls()
    {
        var turn = Read("anthropic", """
            {"type":"message_start","message":{"id":"m"}}
            {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}
            {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"the \"moon\""}}
            {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}
            {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"b3BhcXVl"}}
            {"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}
            {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"Let "}}
            {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"me "}}
            {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"look."}}
            {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t1","name":"ping","input":{}}}
            {"type":"message_delta","delta":{"stop_reason":"tool_use"}}
            """.Split('\n'));

        var body = Write("anthropic", "claude-sonnet-5-5", Request(Tools), [new(turn, [new("t1", "pong")])]);

        Assert.Equal("Let me look.", turn.Text);
        NativeBody.AssertMember(
            "[{'role':'user','content':[{'type':'text','text':'q'}]},{'role':'assistant','content':[{'type':'thinking','thinking':'the \\\"moon\\\"','signature':'c2ln'},"
            + "{'type':'redacted_thinking','data':'b3BhcXVl'},{'type':'text','text':'Let me look.'},{'type':'tool_use','id':'t1','name':'ping','input':{}}]},"
            + "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t1','content':'pong'}]}]",
            body,
            "messages");
    }

    [Fact]
    public void What_a_reasoning_model_thought_goes_back_encrypted_and_without_ids()
    {
        var turn = Read("openai-responses", "reasoning-and-call");

        var body = Write("openai-responses", "gpt-5.6-terra", Request(Tools), [new(turn, [new("call_ping", "pong")])]);

        NativeBody.AssertMember(
            "[{'role':'user','content':[{'type':'input_text','text':'q'}]},"
            + "{'type':'reasoning','encrypted_content':'ZW5jcnlwdGVk','summary':[{'type':'summary_text','text':'Thinking of the moon'}]},"
            + "{'type':'function_call','arguments':'{}','call_id':'call_ping','name':'ping'},{'type':'function_call_output','call_id':'call_ping','output':'pong'}]",
            body,
            "input");
    }

    [Fact]
    public void Gemini_s_signature_goes_back_with_its_call()
    {
        var turn = Read("gemini", "gemini3-signature");

        var body = Write("gemini", "gemini-3.8-flash", Request(Tools), [new(turn, [new(turn.Calls[0].Id, "pong")])]);

        Assert.NotNull(turn.Calls[0].ThoughtSignature);
        Assert.Contains($"\"thoughtSignature\":\"{turn.Calls[0].ThoughtSignature}\"", Encoding.UTF8.GetString(body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Thoughts_that_a_compatible_provider_wants_back_go_back()
    {
        var turn = Read("openai", """
            {"choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"the "}}]}
            {"choices":[{"index":0,"delta":{"reasoning_content":"moon"}}]}
            {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"ping","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}
            """.Split('\n'));

        var body = Write("openai", "deepseek-reasoner", Request(Tools), [new(turn, [new("c1", "pong")])]);

        NativeBody.AssertMember(
            "[{'role':'user','content':'q'},{'role':'assistant','content':null,'tool_calls':[{'id':'c1','type':'function','function':{'name':'ping','arguments':'{}'}}],"
            + "'reasoning_content':'the moon'},{'role':'tool','tool_call_id':'c1','content':'pong'}]",
            body,
            "messages");
    }

    [Fact]
    public void Another_provider_goes_on_without_the_first_one_s_signatures()
    {
        var gemini = Read("gemini", "gemini3-signature").ForAnother();
        var responses = Read("openai-responses", "reasoning-and-call").ForAnother();
        ToolRound[] rounds = [new(gemini, [new(gemini.Calls[0].Id, "pong")]), new(responses, [new("call_ping", "pong")])];

        foreach (var (dialect, model) in new[] { ("openai", "gpt-4o"), ("openai-responses", "gpt-5.6-terra"), ("gemini", "gemini-3.8-flash"), ("anthropic", "claude-sonnet-5-5") })
        {
            var body = Write(dialect, model, Request(Tools), rounds);

            Assert.Equal(2, CallsAndResults(dialect, body).Results.Count);
            Assert.DoesNotContain("ZW5jcnlwdGVk", Encoding.UTF8.GetString(body.Span), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Only_a_reader_that_kept_the_turn_gives_it()
    {
        foreach (var name in new DialectCatalog(TimeProvider.System).Names)
        {
            Assert.Throws<InvalidOperationException>(() => DialectCatalog.Find(name)!.CreateReader(aggregate: false).ReadTurn());
        }
    }

    private static ChatRequest Request(string members) => Requests.Read(Requests.Messages("{'role':'user','content':'q'}", members));

    private static ReadOnlyMemory<byte> Write(string dialect, string model, ChatRequest request, IReadOnlyList<ToolRound> rounds) =>
        NativeBody.Write(dialect, request.Continue(rounds), model, stream: true);

    private static AnswerTurn Read(string dialect, string name) => Read(dialect, new Fixture(dialect, name).Stream);

    private static AnswerTurn Read(string dialect, string[] frames) =>
        Read(dialect, Encoding.UTF8.GetBytes(string.Concat(frames.Select(frame => $"data: {frame.Trim()}\n\n"))));

    private static AnswerTurn Read(string dialect, byte[] stream)
    {
        var reader = DialectCatalog.Find(dialect)!.CreateReader(aggregate: false);
        reader.KeepsTurn = true;
        var sink = new EventLines();
        using var transform = new StreamTransform(reader, sink, new StreamLimits());
        transform.Push(stream);
        transform.Complete();
        Assert.Equal(sink.Calls, reader.ReadTurn().Calls);
        return reader.ReadTurn();
    }

    private static string Canonical(string json) => JsonNode.Parse(json)!.ToJsonString();

    private static string Choice(ReadOnlyMemory<byte> body) => NativeBody.Member(body, "tool_choice") ?? NativeBody.Member(body, "toolConfig") ?? "";

    private static (IReadOnlyList<ToolCall> Calls, IReadOnlyList<(string Id, string Text)> Results) CallsAndResults(string dialect, ReadOnlyMemory<byte> body)
    {
        var nodes = Descendants(JsonNode.Parse(body.Span)!).OfType<JsonObject>().ToArray();
        return dialect switch
        {
            "openai" => (
                [.. nodes.Where(n => n["function"] is JsonObject f && f["arguments"] is not null).Select(n => new ToolCall((string)n["id"]!, (string)n["function"]!["name"]!, (string)n["function"]!["arguments"]!))],
                [.. nodes.Where(n => n["tool_call_id"] is not null).Select(n => ((string)n["tool_call_id"]!, (string)n["content"]!))]),
            "openai-responses" => (
                [.. nodes.Where(n => (string?)n["type"] == "function_call").Select(n => new ToolCall((string)n["call_id"]!, (string)n["name"]!, (string)n["arguments"]!))],
                [.. nodes.Where(n => (string?)n["type"] == "function_call_output").Select(n => ((string)n["call_id"]!, (string)n["output"]!))]),
            "gemini" => (
                [.. nodes.Select(n => n["functionCall"]).OfType<JsonObject>().Select(n => new ToolCall((string)n["id"]!, (string)n["name"]!, n["args"]!.ToJsonString()))],
                [.. nodes.Select(n => n["functionResponse"]).OfType<JsonObject>().Select(n => ((string)n["id"]!, (string?)n["response"]!["output"] ?? n["response"]!.ToJsonString()))]),
            _ => (
                [.. nodes.Where(n => IsType(n, "tool_use")).Select(n => new ToolCall((string)n["id"]!, (string)n["name"]!, n["input"]!.ToJsonString()))],
                [.. nodes.Where(n => IsType(n, "tool_result")).Select(n => ((string)n["tool_use_id"]!, (string)n["content"]!))]),
        };
    }

    private static bool IsType(JsonObject node, string type) => node["type"] is JsonValue value && value.TryGetValue<string>(out var text) && text == type;

    private static IEnumerable<JsonNode> Descendants(JsonNode node) => [node, .. node switch
    {
        JsonObject members => members.Where(member => member.Value is not null).SelectMany(member => Descendants(member.Value!)),
        JsonArray items => items.Where(item => item is not null).SelectMany(item => Descendants(item!)),
        _ => [],
    }];
}
