using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Demo;
using BfProxy.Hooks;

namespace BfProxy.Tests.Demo;

/// <summary>The demo's tools: when the model calls them, and its back end, which takes signed calls only.</summary>
public sealed class DemoToolTests : IAsyncLifetime, IDisposable
{
    private const string Tools = """[{"type":"function","function":{"name":"ui_ask_visitor","parameters":{"type":"object","properties":{"question":{"type":"string"}}}}},{"type":"function","function":{"name":"roll_dice"}}]""";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private DemoProvider _provider = null!;

    public async Task InitializeAsync() => _provider = await DemoProvider.StartAsync(TimeProvider.System, CancellationToken.None);

    public Task DisposeAsync() => _provider.StoppedAsync(CancellationToken.None);

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task It_calls_the_tools_that_the_prompt_names_and_then_says_what_they_said()
    {
        var first = await AskAsync("""{"role":"user","content":"Ask the visitor, and roll the dice!"}""");
        var calls = first["message"]!["tool_calls"]!.AsArray();

        Assert.Equal("tool_calls", first["finish_reason"]!.GetValue<string>());
        Assert.Equal(["ui_ask_visitor", "roll_dice"], calls.Select(call => call!["function"]!["name"]!.GetValue<string>()));
        Assert.Equal("Ask the visitor, and roll the dice!", JsonNode.Parse(calls[0]!["function"]!["arguments"]!.GetValue<string>())!["question"]!.GetValue<string>());

        var results = calls.Select((call, i) => $$$"""{"role":"tool","tool_call_id":"{{{call!["id"]}}}","content":"{\"success\":true,\"message\":\"said {{{i}}}\"}"}""");
        var second = await AskAsync($$"""{"role":"user","content":"Ask the visitor, and roll the dice!"},{{first["message"]!.ToJsonString()}},{{string.Join(',', results)}}""");

        Assert.Equal("stop", second["finish_reason"]!.GetValue<string>());
        Assert.Contains("• ui_ask_visitor: said 0\n• roll_dice: said 1", second["message"]!["content"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"role":"user","content":"Write a poem about dice"}""", "")]
    [InlineData("""{"role":"user","content":"Roll the dice"}""", ""","tool_choice":"none" """)]
    public async Task It_calls_nothing_else(string message, string more)
    {
        var answer = await AskAsync(message, more);

        Assert.Equal("stop", answer["finish_reason"]!.GetValue<string>());
        Assert.Null(answer["message"]!["tool_calls"]);
    }

    [Theory]
    [InlineData("roll_dice", true, "The dice show")]
    [InlineData("tell_time", true, "UTC on")]
    [InlineData("open_door", false, "no open_door")]
    public async Task The_back_end_answers_signed_calls(string name, bool success, string message)
    {
        using var answer = await CallAsync(name, _provider.HookSecret);

        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(success, body["success"]!.GetValue<bool>());
        Assert.Contains(message, body["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_back_end_refuses_what_is_not_signed_with_its_secret_or_was_signed_long_ago()
    {
        using var other = await CallAsync("roll_dice", "whsec_other");
        using var old = await CallAsync("roll_dice", _provider.HookSecret, TimeSpan.FromMinutes(6));
        using var none = await _http.PostAsync(_provider.HookAddress, new StringContent("{}"));

        Assert.All([other, old, none], answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
    }

    private async Task<JsonNode> AskAsync(string messages, string more = "")
    {
        using var answer = await _http.PostAsync(
            new Uri(_provider.Address, "/v1/chat/completions"),
            new StringContent($$"""{"model":"demo-fast","messages":[{{messages}}],"tools":{{Tools}}{{more}}}"""));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["choices"]![0]!;
    }

    private Task<HttpResponseMessage> CallAsync(string name, string secret, TimeSpan age = default)
    {
        var body = Encoding.UTF8.GetBytes($$$"""{"toolCallId":"t","name":"{{{name}}}","arguments":{}}""");
        var t = (TimeProvider.System.GetUtcNow() - age).ToUnixTimeSeconds();
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{t}."), .. body];
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
        var content = new ByteArrayContent(body);
        content.Headers.Add(HookSignature.Header, $"t={t},v1={signature}");
        return _http.PostAsync(_provider.HookAddress, content);
    }
}
