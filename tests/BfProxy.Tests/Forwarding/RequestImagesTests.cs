using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Forwarding;

/// <summary>Images that requests name by their address: fetched for Gemini, from allowed hosts, and never from inside.</summary>
public sealed class RequestImagesTests
{
    private const string Field = "payload.messages[0].content[1].image_url.url";
    private const int MaxBytes = 5 * 1024 * 1024;

    private static readonly byte[] s_png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];

    public static TheoryData<string, string> BadAnswers() => new()
    {
        { "html", "something else" },
        { "html as png", "something else" },
        { "svg", "something else" },
        { "pdf", "something else" },
        { "gzip", "something else" },
        { "empty", "something else" },
        { "10 MB", $"at most {MaxBytes} bytes" },
        { "10 MB in chunks", $"at most {MaxBytes} bytes" },
        { "404", "expected status 200" },
        { "500", "expected status 200" },
        { "206", "expected status 200" },
        { "endless redirects", "at most 3 redirects" },
        { "redirect to a host that is not allowed", "redirected" },
        { "redirect to a file", "redirected" },
        { "redirect without a location", "redirected" },
        { "redirect to a private address", "not public" },
        { "redirect to metadata", "not public" },
    };

    [Theory]
    [InlineData("/stream/create", "gemini-fake-1")]
    [InlineData("/llm/query", "gemini-fake-1")]
    public async Task Gemini_gets_the_bytes(string path, string model)
    {
        await using var images = await ImagesAsync();
        await using var host = await StartAsync(images);
        host.Provider.Script(GeminiScripts.StreamPath(model), GeminiScripts.Chat("A dot."));

        using var answer = await host.PostAsync(path, Envelope(images, $"\"provider\":\"gemini\",\"model\":\"{model}\""));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var parts = (await host.Provider.NextRequestAsync()).ReadJson().GetProperty("contents")[0].GetProperty("parts");
        Assert.Equal("see", parts[0].GetProperty("text").GetString());
        Assert.Equal("image/png", parts[1].GetProperty("inlineData").GetProperty("mimeType").GetString());
        Assert.Equal(s_png, parts[1].GetProperty("inlineData").GetProperty("data").GetBytesFromBase64());
        var seen = Assert.Single(images.Requests);
        Assert.Equal("identity", seen.Headers["Accept-Encoding"]);
        Assert.False(seen.Headers.ContainsKey("traceparent"));
        Assert.False(seen.Headers.ContainsKey("Authorization"));
    }

    [Theory]
    [InlineData("openai", "gpt-fake-1", OpenAiScripts.Path)]
    [InlineData("openai-responses", "gpt-fake-2", ResponsesScripts.Path)]
    [InlineData("anthropic", "claude-fake-1", AnthropicScripts.Path)]
    public async Task A_provider_that_takes_addresses_gets_it_untouched(string provider, string model, string path)
    {
        await using var images = await ImagesAsync();
        await using var host = await StartAsync(images);
        host.Provider.Script(path, Script.Sse(provider switch
        {
            "anthropic" => AnthropicFrames.Chat("A dot."),
            "openai" => OpenAiFrames.Chat("A dot."),
            _ => ResponsesFrames.Chat("A dot."),
        }));

        using var answer = await host.PostAsync("/stream/create", Envelope(images, $"\"provider\":\"{provider}\",\"model\":\"{model}\"", "/a.png?size=1&x=%20"));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Contains($"{images.BaseAddress}a.png?size=1&x=%20", (await host.Provider.NextRequestAsync()).BodyText, StringComparison.Ordinal);
        Assert.Empty(images.Requests);
    }

    [Fact]
    public async Task Anthropic_s_form_is_fetched_too_and_an_address_that_comes_twice_once()
    {
        await using var images = await ImagesAsync();
        await using var host = await StartAsync(images);
        host.Provider.Script(GeminiScripts.StreamPath(), GeminiScripts.Chat("Twice the same."));
        var block = $$$"""{"type":"image","source":{"type":"url","url":"{{{images.BaseAddress}}}a.png"}}""";

        using var answer = await host.PostAsync("/stream/create", Request($$"""[{"role":"user","content":[{{block}},{{block}}]},{"role":"assistant","content":"?"},{"role":"user","content":[{{block}}]}]"""));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var contents = (await host.Provider.NextRequestAsync()).ReadJson().GetProperty("contents").EnumerateArray().ToList();
        Assert.Equal(3, contents.Sum(content => content.GetProperty("parts").EnumerateArray().Count(part => part.TryGetProperty("inlineData", out _))));
        Assert.Single(images.Requests);
    }

    [Fact]
    public async Task A_document_is_fetched_for_a_provider_that_takes_none_by_address()
    {
        await using var images = await ImagesAsync();
        images.Script("/a.pdf", Script.Whole(200, "application/pdf", "%PDF-1.7 paper"));
        await using var host = await StartAsync(images);
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("Paper."));

        using var answer = await host.PostAsync("/stream/create", Request(
            $$$"""[{"role":"user","content":[{"type":"document","source":{"type":"url","url":"{{{images.BaseAddress}}}a.pdf"}}]}]""", "\"provider\":\"openai\",\"model\":\"gpt-fake-1\""));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var file = (await host.Provider.NextRequestAsync()).ReadJson().GetProperty("messages")[0].GetProperty("content")[0].GetProperty("file");
        Assert.Equal("data:application/pdf;base64," + Convert.ToBase64String("%PDF-1.7 paper"u8), file.GetProperty("file_data").GetString());
    }

    [Fact]
    public async Task A_redirect_between_allowed_hosts_is_followed()
    {
        await using var images = await ImagesAsync();
        await using var other = await ImagesAsync();
        images.Script("/old.png", Script.Redirect("/moved.png", 301));
        images.Script("/moved.png", Script.Redirect($"{other.BaseAddress}a.png", 307));
        await using var host = await StartAsync(images, new() { ["BfProxy:Images:AllowedHosts:1"] = other.BaseAddress.Authority });
        host.Provider.Script(GeminiScripts.StreamPath(), GeminiScripts.Chat("A dot."));

        using var answer = await host.PostAsync("/stream/create", Envelope(images, path: "/old.png"));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Single(other.Requests);
    }

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task What_is_no_image_is_refused_by_its_place_in_the_request(string what, string expected)
    {
        await using var images = await ImagesAsync();
        images.Script("/a.png", Bad(what));
        await using var host = await StartAsync(images, new()
        {
            ["BfProxy:Images:AllowedNetworks:0"] = "127.0.0.1/32",
            ["BfProxy:Images:AllowedHosts:1"] = "127.0.0.2:81",
            ["BfProxy:Images:AllowedHosts:2"] = "169.254.169.254",
        });

        var error = await RefusedAsync(host, Envelope(images), 400);

        Assert.StartsWith(Field + ": ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains("expected", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:{0}/a.png", "localhost:{0}", "not public")]
    [InlineData("http://127.0.0.1:{0}/a.png", "127.0.0.1:{0}", "not public")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/a.png", "[::ffff:127.0.0.1]:{0}", "not public")]
    [InlineData("http://2130706433:{0}/a.png", "127.0.0.1:{0}", "not public")]
    [InlineData("http://0.0.0.0:{0}/a.png", "0.0.0.0:{0}", "not public")]
    [InlineData("http://127.0.0.1:{0}/a.png", "*", "this host")]
    [InlineData("http://user:password@127.0.0.1:{0}/a.png", "127.0.0.1:{0}", "this host")]
    [InlineData("http://127.0.0.1:{0}/a.png", null, "this host")]
    public async Task What_is_inside_is_not_reached_whatever_it_is_called(string address, string? allowed, string expected)
    {
        await using var images = await ImagesAsync();
        var port = images.BaseAddress.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await using var host = await ProxyHost.StartAsync(allowed is null ? [] : new() { ["BfProxy:Images:AllowedHosts:0"] = allowed.Replace("{0}", port, StringComparison.Ordinal) });

        var error = await RefusedAsync(host, Request(Message(address.Replace("{0}", port, StringComparison.Ordinal))), 400);

        Assert.StartsWith(Field + ": ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains("data: URL", error, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", error, StringComparison.Ordinal);
        Assert.Empty(images.Requests);
    }

    [Theory]
    [InlineData("before its headers")]
    [InlineData("in its body")]
    public async Task One_that_does_not_come_in_time_is_a_504(string stuck)
    {
        await using var images = await ImagesAsync();
        var gate = new Gate();
        var begun = Script.Empty.Status(200, "image/png");
        images.Script("/a.png", stuck == "in its body" ? begun.Bytes(s_png).Wait(gate) : Script.Empty.Wait(gate));
        var time = new ManualTimeProvider();
        await using var host = await StartAsync(images, time: time);

        var asked = RefusedAsync(host, Envelope(images), 504);
        await gate.ReachedAsync();
        time.Advance(TimeSpan.FromSeconds(10));

        var error = await asked;
        Assert.StartsWith(Field + ": ", error, StringComparison.Ordinal);
        Assert.Contains("within 10 s", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("reset")]
    [InlineData("nobody")]
    public async Task One_whose_server_fails_is_a_502(string failure)
    {
        await using var images = await ImagesAsync();
        images.Script("/a.png", failure == "cut" ? Script.Empty.Status(200, "image/png").Bytes(s_png).Cut() : Script.Empty.Reset());
        await using var host = await StartAsync(images);
        var body = Envelope(images);
        if (failure == "nobody")
        {
            await images.DisposeAsync();
        }

        Assert.StartsWith(Field + ": ", await RefusedAsync(host, body, 502), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_are_refused_before_any_is_fetched()
    {
        await using var images = await ImagesAsync();
        await using var host = await StartAsync(images);
        var parts = Enumerable.Range(0, 9).Select(n => $$$"""{"type":"image_url","image_url":{"url":"{{{images.BaseAddress}}}{{{n}}}.png"}}""");

        var error = await RefusedAsync(host, Request($$"""[{"role":"user","content":[{{string.Join(',', parts)}}]}]"""), 400);

        Assert.StartsWith("payload.messages[0].content[8].image_url.url: too many", error, StringComparison.Ordinal);
        Assert.Contains("at most 8", error, StringComparison.Ordinal);
        Assert.Empty(images.Requests);
    }

    [Fact]
    public async Task Together_they_are_no_larger_than_a_request_could_be()
    {
        await using var images = await ImagesAsync();
        images.Script("/big.png", Script.Empty.Status(200, "image/png").Bytes(s_png).Bytes(new byte[4 * 1024 * 1024]));
        await using var host = await StartAsync(images);
        var parts = Enumerable.Repeat($$$"""{"type":"image_url","image_url":{"url":"{{{images.BaseAddress}}}big.png"}}""", 4);

        var error = await RefusedAsync(host, Request($$"""[{"role":"user","content":[{{string.Join(',', parts)}}]}]"""), 400);

        Assert.StartsWith("payload.messages[0].content[3].image_url.url: ", error, StringComparison.Ordinal);
        Assert.Contains("expected at most 15728640 bytes", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_hangs_up_ends_the_fetch()
    {
        await using var images = await ImagesAsync();
        var gate = new Gate();
        images.Script("/a.png", Script.Empty.Status(200, "image/png").Bytes(s_png).Wait(gate));
        await using var host = await StartAsync(images);
        using var caller = new CancellationTokenSource();

        var asked = host.PostAsync("/stream/create", Envelope(images), caller.Token);
        await gate.ReachedAsync();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await images.Requests[0].PeerGone.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(host.Provider.Requests);
    }

    private static async Task<FakeProviderServer> ImagesAsync()
    {
        var server = await FakeProviderServer.StartAsync();
        server.Script(Script.Empty.Status(200, "image/png").Bytes(s_png));
        return server;
    }

    private static Task<ProxyHost> StartAsync(FakeProviderServer images, Dictionary<string, string?>? more = null, TimeProvider? time = null)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BfProxy:Images:AllowedHosts:0"] = images.BaseAddress.Authority,
            ["BfProxy:Images:AllowedNetworks:0"] = "127.0.0.0/8",
            ["BfProxy:Providers:openai-responses:Dialect"] = "openai-responses",
            ["BfProxy:Providers:openai-responses:Cluster"] = "openai",
            ["BfProxy:Providers:openai-responses:ApiKey"] = "sk-server",
        };
        foreach (var (key, value) in more ?? [])
        {
            settings[key] = value;
        }

        return ProxyHost.StartAsync(settings, time);
    }

    /// <summary>The refusal's message; nothing was sent to the provider.</summary>
    private static async Task<string> RefusedAsync(ProxyHost host, string body, int status)
    {
        using var answer = await host.PostAsync("/stream/create", body);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Empty(host.Provider.Requests);
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return error["message"]!.GetValue<string>();
    }

    private static string Envelope(FakeProviderServer images, string payload = "\"provider\":\"gemini\",\"model\":\"gemini-fake-1\"", string path = "/a.png") =>
        Request(Message($"{images.BaseAddress.GetLeftPart(UriPartial.Authority)}{path}"), payload);

    private static string Message(string address) =>
        $$$"""[{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"{{{address}}}"}}]}]""";

    private static string Request(string messages, string payload = "\"provider\":\"gemini\",\"model\":\"gemini-fake-1\"") =>
        $$$"""{"apiKey":"{{{ProxyHost.AppKey}}}","payload":{"messages":{{{messages}}},{{{payload}}} } }""";

    private static Script Bad(string what) => what switch
    {
        "html" => Script.Html(200, "<html><body>Sign in</body></html>"),
        "html as png" => Script.Whole(200, "image/png", "<html><body>Sign in</body></html>"),
        "svg" => Script.Whole(200, "image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
        "pdf" => Script.Whole(200, "application/pdf", "%PDF-1.7"),
        "gzip" => Script.Empty.Status(200, "image/png").Header("Content-Encoding", "gzip").Bytes(s_png),
        "empty" => Script.Whole(200, "image/png", ""),
        "10 MB" => Script.Empty.Status(200, "image/png").Header("Content-Length", "10485760").Bytes(s_png).Hang(),
        "10 MB in chunks" => Enumerable.Range(0, 10).Aggregate(Script.Empty.Status(200, "image/png").Bytes(s_png), (script, _) => script.Bytes(new byte[1024 * 1024])),
        "endless redirects" => Script.Redirect("/a.png"),
        "redirect to a host that is not allowed" => Script.Redirect("http://127.0.0.1:82/a.png"),
        "redirect to a file" => Script.Redirect("file:///etc/passwd"),
        "redirect without a location" => Script.Empty.Status(302, null),
        "redirect to a private address" => Script.Redirect("http://127.0.0.2:81/a.png"),
        "redirect to metadata" => Script.Redirect("http://169.254.169.254/latest/meta-data/"),
        _ => Script.Whole(int.Parse(what, System.Globalization.CultureInfo.InvariantCulture), "image/png", "no"),
    };
}
