using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>Each way a provider can fail, streaming and not: its status or its events, and never a broken stream that looks finished.</summary>
public sealed class ProviderFailureTests
{
    private const string OpenAi = """ "model":"gpt-fake-1" """;
    private const string Gemini = """ "provider":"gemini","model":"gemini-fake-1" """;

    public static TheoryData<string, int, string?> Refusals() => new()
    {
        { "401", 401, null },
        { "404", 404, null },
        { "429", 429, "7" },
        { "quota", 429, null },
        { "500", 502, null },
        { "503", 502, "3" },
        { "html 502", 502, null },
        { "html 200", 502, null },
        { "json error under 200", 502, null },
        { "gzip", 502, null },
        { "gzip 429", 429, "7" },
        { "redirect", 502, null },
        { "reset before headers", 502, null },
        { "closed before headers", 502, null },
    };

    public static TheoryData<string, int> Breaks() => new()
    {
        { "reset", 502 },
        { "cut", 502 },
        { "cut inside a frame", 502 },
        { "end without its end", 502 },
        { "error in band", 502 },
        { "too large", 502 },
        { "only nonsense", 502 },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refused_stream_fails_the_POST_and_no_channel_hears_of_it(string failure, int status, string? retryAfter)
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, Refuse(failure), OpenAiScripts.Chat("next"));
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(OpenAi + """, "stream":true """);

        await AssertErrorAsync(answer, status, retryAfter);
        using var next = await host.ChatAsync(OpenAi + """, "stream":true """);
        var events = await client.ReadStreamAsync();
        Assert.Equal("next", ChannelClient.TextOf(events));
        Assert.Equal("stop", events[^1]["finish_reason"]!.GetValue<string>());
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refused_call_has_the_same_status_without_streaming(string failure, int status, string? retryAfter)
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, Refuse(failure));

        using var answer = await host.ChatAsync(OpenAi);

        await AssertErrorAsync(answer, status, retryAfter);
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_broken_stream_shows_an_error_and_then_exactly_one_end(string failure, int code)
    {
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:Providers:openai:MaxResponseBytes"] = "4096" });
        host.Provider.Script(OpenAiScripts.Path, Break(failure), OpenAiScripts.Chat("next"));
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(OpenAi + """, "stream":true """);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);

        var events = await client.ReadStreamAsync();
        Assert.Equal("error", events[^2]["type"]!.GetValue<string>());
        Assert.Equal(code, events[^2]["error"]!["code"]!.GetValue<int>());
        Assert.Equal("error", events[^1]["finish_reason"]!.GetValue<string>());
        Assert.DoesNotContain(events[..^2], e => e["type"]!.GetValue<string>() != "delta");
        using var next = await host.ChatAsync(OpenAi + """, "stream":true """);
        Assert.Equal("next", ChannelClient.TextOf(await client.ReadStreamAsync()));
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_broken_call_fails_without_streaming(string failure, int code)
    {
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:Providers:openai:MaxResponseBytes"] = "4096" });
        host.Provider.Script(OpenAiScripts.Path, Break(failure));

        using var answer = await host.ChatAsync(OpenAi);

        var error = await AssertErrorAsync(answer, code, retryAfter: null);
        Assert.Equal("openai", error["error"]!["info"]!["provider"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_connection_refused_is_502()
    {
        await using var host = await ProxyHost.StartAsync(new() { ["ReverseProxy:Clusters:openai:Destinations:primary:Address"] = "http://127.0.0.1:1/" });

        using var streaming = await host.ChatAsync(OpenAi + """, "stream":true """);
        using var buffered = await host.ChatAsync(OpenAi);

        var error = await AssertErrorAsync(streaming, 502, retryAfter: null);
        Assert.Contains("ConnectionError", error["message"]!.GetValue<string>(), StringComparison.Ordinal);
        await AssertErrorAsync(buffered, 502, retryAfter: null);
    }

    [Fact]
    public async Task A_bad_key_at_Gemini_is_401_though_Gemini_says_400()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(GeminiScripts.StreamPath(), GeminiScripts.BadKey());

        using var answer = await host.ChatAsync(Gemini);

        var error = await AssertErrorAsync(answer, 401, retryAfter: null);
        Assert.Equal("gemini", error["error"]!["info"]!["provider"]!.GetValue<string>());
    }

    [Fact]
    public async Task Geminis_RetryInfo_becomes_Retry_After()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(GeminiScripts.StreamPath(), GeminiScripts.RateLimited("34.4s"));

        using var answer = await host.ChatAsync(Gemini);

        await AssertErrorAsync(answer, 429, "35");
    }

    [Fact]
    public async Task One_malformed_chunk_does_not_kill_a_healthy_stream()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("a"), "data: {\"broken\n\n", OpenAiFrames.Delta("b"), OpenAiFrames.Finish(), OpenAiFrames.Done));
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(OpenAi + """, "stream":true """);

        var events = await client.ReadStreamAsync();
        Assert.Equal("ab", ChannelClient.TextOf(events));
        Assert.Equal("stop", events[^1]["finish_reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_answer_cut_by_its_length_ends_with_its_reason()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("a"), OpenAiFrames.Finish("length"), OpenAiFrames.Done));
        await using var client = await host.ConnectAsync();

        using var answer = await host.ChatAsync(OpenAi + """, "stream":true """);

        Assert.Equal("length", (await client.ReadStreamAsync())[^1]["finish_reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Retry_After_as_a_date_becomes_seconds()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, Script.Empty.Status(429, "application/json").Header("Date", "Sat, 21 Nov 2026 10:00:00 GMT").Header("Retry-After", "Sat, 21 Nov 2026 10:00:42 GMT").Text("{}"));

        using var answer = await host.ChatAsync(OpenAi);

        await AssertErrorAsync(answer, 429, "42");
    }

    [Theory]
    [InlineData("anonymous", false)]
    [InlineData("tab", true)]
    public async Task A_stranger_on_a_channel_does_not_read_the_words_of_the_provider(string channel, bool shown)
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some"), OpenAiFrames.Error("Words of the provider about sk-secretsecret")));
        await using var client = await host.ConnectAsync();
        var name = channel == "tab" ? $"tab|{client.ConnectionId}" : channel;

        using var answer = await host.ChatAsync(OpenAi + """, "stream":true """, $"[\"{name}\"]");

        var details = (await client.ReadStreamAsync())[^2]["error"]!["details"]!.GetValue<string>();
        Assert.Equal(shown, details.Contains("Words of the provider", StringComparison.Ordinal));
        Assert.DoesNotContain("secretsecret", details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_words_of_a_provider_are_masked_in_the_response()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Error(401, "Incorrect API key provided: sk-proj-abcdefghijklmnop. See org-abcdefgh12345678."));

        using var answer = await host.ChatAsync(OpenAi);

        var text = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("abcdefgh", text, StringComparison.Ordinal);
        Assert.Contains("Incorrect API key provided", text, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> AssertErrorAsync(HttpResponseMessage answer, int status, string? retryAfter)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, text);
        var body = JsonNode.Parse(text)!;
        Assert.Equal(status, body["code"]!.GetValue<int>());
        Assert.Equal(status, body["error"]!["code"]!.GetValue<int>());
        Assert.False(body["success"]!.GetValue<bool>());
        Assert.Equal("act", body["actionName"]!.GetValue<string>());
        Assert.NotEmpty(body["name"]!.GetValue<string>());
        Assert.NotEmpty(body["className"]!.GetValue<string>());
        Assert.Equal(retryAfter, answer.Headers.TryGetValues("Retry-After", out var values) ? values.Single() : null);
        return body;
    }

    private static Script Refuse(string failure) => failure switch
    {
        "401" => OpenAiScripts.BadKey(),
        "404" => OpenAiScripts.UnknownModel("gpt-fake-1"),
        "429" => OpenAiScripts.RateLimited("7"),
        "quota" => OpenAiScripts.QuotaExhausted(),
        "500" => OpenAiScripts.ServerError(),
        "503" => OpenAiScripts.Overloaded("3"),
        "html 502" => Script.Html(502, "<html><body>Bad gateway</body></html>"),
        "html 200" => Script.Html(200, "<html><body>Hello</body></html>"),
        "json error under 200" => Script.Json(200, OpenAiFrames.ErrorBody("It failed", "server_error", null)),
        "gzip" => Script.GzippedSse(OpenAiFrames.Chat("x")),
        "gzip 429" => Script.Empty.Status(429, "application/json").Header("Retry-After", "7").Header("Content-Encoding", "gzip").Bytes(new byte[] { 0x1f, 0x8b, 8, 0 }),
        "redirect" => Script.Redirect("http://127.0.0.1:1/"),
        "reset before headers" => Script.Empty.Reset(),
        "closed before headers" => Script.Empty.Cut(),
        _ => throw new ArgumentOutOfRangeException(nameof(failure)),
    };

    private static Script Break(string failure)
    {
        var begun = Script.Sse(OpenAiFrames.Role(), OpenAiFrames.Delta("some"));
        return failure switch
        {
            "reset" => begun.Reset(),
            "cut" => begun.Cut(),
            "cut inside a frame" => begun.Text("data: {\"id\":\"chatcmpl-Fake0001\",\"choices\":[{\"index\":0,\"del").Cut(),
            "end without its end" => begun,
            "error in band" => begun.Frames(OpenAiFrames.Error("The server had an error"), OpenAiFrames.Done),
            "too large" => begun.Frames(Enumerable.Repeat(OpenAiFrames.Delta(new string('x', 500)), 20)).Frames(OpenAiFrames.Finish(), OpenAiFrames.Done),
            "only nonsense" => begun.Frames(Enumerable.Repeat("data: nonsense\n\n", 20)),
            _ => throw new ArgumentOutOfRangeException(nameof(failure)),
        };
    }
}
