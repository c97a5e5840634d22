using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Tests.Assistants;
using BfProxy.Tests.Host;
using BfProxy.Tests.LlmQuery;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>A provider that takes the addresses of images falls back to one that takes data only: what they lead to is fetched then, and not before.</summary>
public sealed class FallbackImagesTests
{
    private const string Find = "\"tools\":[{\"name\":\"find\",\"parameters\":{\"type\":\"object\"}}]";

    private static readonly string Gemini = GeminiScripts.StreamPath();
    private static readonly byte[] s_png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];

    [Theory]
    [InlineData("stream/create", true)]
    [InlineData("stream/create", false)]
    [InlineData("llm/query", true)]
    [InlineData("llm/query", false)]
    public async Task The_fallback_gets_the_bytes(string route, bool stream)
    {
        await using var images = await ImagesAsync();
        await using var host = await ProxyHost.StartAsync(Settings(images));
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.ServerError());
        host.Provider.Script(Gemini, GeminiScripts.Chat("A dot."));
        await using var page = await host.ConnectAsync();

        using var answer = await host.PostAsync(route, Body(images, stream));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Contains("A dot.", stream ? ChannelClient.TextOf(await page.ReadStreamAsync()) : await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains($"{images.BaseAddress}a.png", host.Provider.Requests[0].BodyText, StringComparison.Ordinal);
        AssertHasBytes(host.Provider.Requests[1]);
        Assert.Single(images.Requests);
    }

    [Fact]
    public async Task Nothing_is_fetched_where_the_first_provider_answers()
    {
        await using var images = await ImagesAsync();
        await using var host = await ProxyHost.StartAsync(Settings(images));
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("A dot."));

        using var answer = await host.PostAsync("stream/create", Body(images, stream: false));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Empty(images.Requests);
    }

    [Theory]
    [InlineData("host", "nothing is fetched from this host")]
    [InlineData("status", "expected status 200")]
    public async Task A_fallback_that_cannot_have_the_bytes_is_passed_over_and_told_of(string fault, string reason)
    {
        await using var images = await ImagesAsync();
        var settings = Settings(images);
        settings["BfProxy:Images:AllowedHosts:0"] = fault == "host" ? "images.example.com" : images.BaseAddress.Authority;
        settings["BfProxy:Providers:openai:Fallbacks:1:Provider"] = "anthropic";
        settings["BfProxy:Providers:openai:Fallbacks:1:Model"] = AnthropicFrames.Model;
        images.Script("/a.png", Script.Whole(404, "image/png", "no"));
        await using var host = await ProxyHost.StartAsync(settings);
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.ServerError());
        host.Provider.Script(AnthropicScripts.Path, AnthropicScripts.Chat("A dot."));

        using var answer = await host.PostAsync("stream/create", Body(images, stream: false));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal([OpenAiScripts.Path, AnthropicScripts.Path], host.Provider.Requests.Select(static request => request.Path));
        await host.LoggedAsync("Provider gemini is passed over as a fallback: payload.messages[0].content[1].image_url.url: ");
        Assert.Contains(reason, host.Logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_models_of_the_same_language_share_what_was_fetched()
    {
        await using var images = await ImagesAsync();
        var settings = Settings(images);
        settings["BfProxy:Providers:openai:Fallbacks:1:Provider"] = "gemini";
        settings["BfProxy:Providers:openai:Fallbacks:1:Model"] = "gemini-fake-2";
        await using var host = await ProxyHost.StartAsync(settings);
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.ServerError());
        host.Provider.Script(Gemini, GeminiScripts.Unavailable());
        host.Provider.Script(GeminiScripts.StreamPath("gemini-fake-2"), GeminiScripts.Chat("A dot."));

        using var answer = await host.PostAsync("stream/create", Body(images, stream: false));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.All(host.Provider.Requests.Skip(1), AssertHasBytes);
        Assert.Equal(2, host.Provider.Requests.Count(static request => request.Path != OpenAiScripts.Path));
        Assert.Single(images.Requests);
    }

    [Fact]
    public async Task The_round_after_a_call_of_a_tool_has_them_too()
    {
        await using var images = await ImagesAsync();
        await using var host = await QueryHost.StartAsync(Settings(images));
        host.Proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.ServerError());
        host.Script("gemini", "Let me see. ", [("", "find", "{}")], "A dot.");

        using var answer = await host.Proxy.PostAsync("llm/query", Body(images, stream: false, Find));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal([OpenAiScripts.Path, Gemini, Gemini], host.Proxy.Provider.Requests.Select(static request => request.Path));
        Assert.All(host.Proxy.Provider.Requests.Skip(1), AssertHasBytes);
        Assert.Single(images.Requests);
    }

    [Fact]
    public async Task A_hedge_gets_the_bytes()
    {
        var time = new ManualTimeProvider();
        await using var images = await ImagesAsync();
        var settings = Settings(images);
        settings["BfProxy:Providers:openai:HedgeAfter"] = "00:00:02";
        await using var host = await MatrixHost.StartAsync("stream/create", stream: false, settings, time);
        var gate = new Gate();
        host.Script(Script.Sse(OpenAiFrames.Role()).Wait(gate));
        host.Provider.Script(Gemini, GeminiScripts.Chat("A dot."));

        var asked = host.Proxy.PostAsync("stream/create", Body(images, stream: false));
        await gate.ReachedAsync();
        await host.AdvanceUntilAsync(time, host.Provider.Requests[0].PeerGone);
        using var answer = await asked;

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        AssertHasBytes(host.Provider.Requests[1]);
        await host.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_fetch_for_a_hedge_ends_with_the_first_token_of_the_first_provider()
    {
        var time = new ManualTimeProvider();
        await using var images = await ImagesAsync();
        var (first, fetch) = (new Gate(), new Gate());
        images.Script("/a.png", Script.Empty.Status(200, "image/png").Bytes(s_png).Wait(fetch));
        var settings = Settings(images);
        settings["BfProxy:Providers:openai:HedgeAfter"] = "00:00:02";
        await using var host = await MatrixHost.StartAsync("stream/create", stream: false, settings, time);
        host.Script(Script.Sse(OpenAiFrames.Role()).Wait(first).Frames(OpenAiFrames.Chat("A dot.")));

        var asked = host.Proxy.PostAsync("stream/create", Body(images, stream: false));
        await first.ReachedAsync();
        await host.AdvanceUntilAsync(time, fetch.ReachedAsync());
        first.Release();
        using var answer = await asked;

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        await images.Requests[0].PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Single(host.Provider.Requests);
        await host.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Whoever_goes_on_with_a_broken_answer_gets_the_bytes()
    {
        await using var images = await ImagesAsync();
        var settings = Settings(images);
        settings["BfProxy:Providers:openai:ContinueOnFallback"] = "true";
        await using var host = await ProxyHost.StartAsync(settings);
        host.Provider.Script(OpenAiScripts.Path, Script.Sse(AnyDialect.Open("openai", "What a lovely ")).Cut());
        host.Provider.Script(Gemini, GeminiScripts.Chat("dot."));
        await using var page = await host.ConnectAsync();

        using var answer = await host.PostAsync("stream/create", Body(images, stream: true));

        Assert.Equal("What a lovely dot.", ChannelClient.TextOf(await page.ReadStreamAsync()));
        AssertHasBytes(host.Provider.Requests[1]);
    }

    [Fact]
    public async Task A_thread_that_we_keep_falls_back_with_the_bytes_in_each_run()
    {
        await using var images = await ImagesAsync();
        var settings = Settings(images);
        settings["BfProxy:Providers:openai:Conversations"] = "false";
        await using var host = await AssistantHost.StartAsync(settings);
        host.Proxy.Provider.Script(OpenAiScripts.Path, OpenAiScripts.ServerError());
        host.Proxy.Provider.Script(Gemini, GeminiScripts.Chat("A dot."));

        var run = await AssistantHost.PostAsync(host.Proxy, AssistantHost.Path, Body(images, stream: false));
        var next = await host.RunAsync(AssistantHost.Body("sure?", AssistantHost.Id(run)));

        Assert.Equal("A dot.", AssistantHost.TextOf(next));
        Assert.Equal(4, host.Proxy.Provider.Requests.Count);
        AssertHasBytes(host.Proxy.Provider.Requests[1]);
        AssertHasBytes(host.Proxy.Provider.Requests[3]);
    }

    [Fact]
    public async Task A_run_whose_own_provider_takes_no_address_is_refused_by_the_part_s_place()
    {
        await using var images = await ImagesAsync();
        await using var host = await AssistantHost.StartAsync(Settings(images));
        var body = Body(images, stream: false).Replace("\"openai\"", "\"gemini\"", StringComparison.Ordinal).Replace("gpt-fake-1", GeminiFrames.Model, StringComparison.Ordinal);

        var refused = await AssistantHost.PostAsync(host.Proxy, AssistantHost.Path, body, 400);

        Assert.Contains("payload.messages[0].content[1]", refused["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(images.Requests);
        Assert.Empty(host.Proxy.Provider.Requests);
    }

    [Theory]
    [InlineData("caller")]
    [InlineData("stop")]
    [InlineData("drain")]
    [InlineData("total clock")]
    public async Task A_stream_that_ends_while_bytes_are_fetched_ends_the_fetch_and_asks_nobody(string how)
    {
        var time = new ManualTimeProvider();
        await using var images = await ImagesAsync();
        var fetch = new Gate();
        images.Script("/a.png", Script.Empty.Status(200, "image/png").Bytes(s_png).Wait(fetch));
        var settings = Settings(images);
        settings["BfProxy:Images:Timeout"] = "00:01:00";
        settings["BfProxy:Providers:openai:Timeouts:Total"] = "00:00:05";
        await using var host = await MatrixHost.StartAsync("stream/create", stream: true, settings, time);
        host.Script(how == "caller" ? OpenAiScripts.ServerError() : Script.Sse(OpenAiFrames.Error("boom")));
        using var leaves = new CancellationTokenSource();
        await using var page = await host.Proxy.ConnectAsync();

        var asked = host.Proxy.PostAsync("stream/create", Body(images, stream: true), leaves.Token);
        await fetch.ReachedAsync();
        switch (how)
        {
            case "caller":
                await leaves.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
                break;
            case "stop":
                var id = JsonNode.Parse(await (await asked).Content.ReadAsStringAsync())!["streamId"];
                using (await host.Proxy.PostAsync("llm/query/stop", $$"""{"streamId":"{{id}}"}"""))
                {
                    Assert.Equal("stopped", Assert.Single(await page.ReadStreamAsync())["finish_reason"]!.GetValue<string>());
                }

                break;
            case "drain":
                var going = host.Proxy.StopAsync();
                Assert.Equal(503, (await page.ReadStreamAsync())[0]["error"]!["code"]!.GetValue<int>());
                await page.DisposeAsync();
                await host.ClosePageAsync();
                await going;
                break;
            default:
                time.Advance(TimeSpan.FromSeconds(6));
                Assert.Equal(504, (await page.ReadStreamAsync())[0]["error"]!["code"]!.GetValue<int>());
                break;
        }

        if (how != "caller")
        {
            (await asked).Dispose();
        }

        await images.Requests[0].PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Single(host.Provider.Requests);
        await page.DisposeAsync();
        await host.AssertNothingIsLeftAsync();
    }

    private static void AssertHasBytes(SeenRequest request)
    {
        var part = request.ReadJson().GetProperty("contents")[0].GetProperty("parts")[1].GetProperty("inlineData");
        Assert.Equal("image/png", part.GetProperty("mimeType").GetString());
        Assert.Equal(s_png, part.GetProperty("data").GetBytesFromBase64());
    }

    private static async Task<FakeProviderServer> ImagesAsync()
    {
        var server = await FakeProviderServer.StartAsync();
        server.Script(Script.Empty.Status(200, "image/png").Bytes(s_png));
        return server;
    }

    private static Dictionary<string, string?> Settings(FakeProviderServer images) => new(StringComparer.Ordinal)
    {
        ["BfProxy:Images:AllowedHosts:0"] = images.BaseAddress.Authority,
        ["BfProxy:Images:AllowedNetworks:0"] = "127.0.0.0/8",
        ["BfProxy:Providers:openai:Fallbacks:0:Provider"] = "gemini",
        ["BfProxy:Providers:openai:Fallbacks:0:Model"] = GeminiFrames.Model,
    };

    private static string Body(FakeProviderServer images, bool stream, string more = "\"seed\":1") =>
        $$$"""
        {"apiKey":"{{{ProxyHost.AppKey}}}","channels":["anonymous"],"actionName":"act","payload":{"provider":"openai","model":"gpt-fake-1","stream":{{{(stream ? "true" : "false")}}},{{{more}}},
        "messages":[{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"{{{images.BaseAddress}}}a.png"}}]}]}}
        """;
}
