using System.Net;
using System.Text.Json.Nodes;
using BfProxy.Configuration;
using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Sessions;

/// <summary>Pages of other origins, what they send wrong, and paths that are not ours.</summary>
public sealed class PageTests
{
    private const string Evil = "https://evil.example";
    private const string Unknown = "bfs_00000000000000000000000000000000";

    [Theory]
    [InlineData("api/v1/typebots/shop/startChat")]
    [InlineData("api/v1/typebots/nobody/startChat")]
    [InlineData($"api/v1/sessions/{Unknown}/continueChat")]
    [InlineData($"api/v2/sessions/{Unknown}/streamMessage")]
    [InlineData($"api/v1/sessions/{Unknown}/clientLogs")]
    public async Task A_preflight_lets_every_page_ask(string path)
    {
        await using var bot = await BotHost.StartAsync();

        using var answer = await SendAsync(bot, HttpMethod.Options, path, BotHost.Page, ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type,x-typebot-iframe-referrer-origin"));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(("*", "*"), (Header(answer, "Access-Control-Allow-Origin"), Header(answer, "Access-Control-Allow-Headers")));
        Assert.Contains("POST", Header(answer, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BotHost.Page, null, HttpStatusCode.OK)]
    [InlineData("http://127.0.0.1", null, HttpStatusCode.Forbidden)]
    [InlineData(Evil, null, HttpStatusCode.Forbidden)]
    [InlineData(BotHost.Page, Evil, HttpStatusCode.Forbidden)]
    [InlineData(BotHost.Page, BotHost.Page, HttpStatusCode.OK)]
    public async Task Only_allowed_pages_get_a_conversation_and_others_can_read_why(string origin, string? frame, HttpStatusCode status)
    {
        await using var bot = await BotHost.StartAsync();
        var session = await bot.StartAsync();

        foreach (var path in (string[])["api/v1/typebots/shop/startChat", $"api/v1/sessions/{session}/continueChat", $"api/v1/sessions/{session}/clientLogs"])
        {
            using var answer = await SendAsync(bot, HttpMethod.Post, path, origin, frame is null ? default : ("x-typebot-iframe-referrer-origin", frame));
            Assert.Equal((status, "*"), (answer.StatusCode, Header(answer, "Access-Control-Allow-Origin")));
        }
    }

    [Fact]
    public async Task A_stream_and_its_refusals_can_be_read_by_the_page()
    {
        await using var bot = await BotHost.StartAsync();
        bot.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));
        var session = await bot.StartAsync();
        await bot.SayAsync(session, "hi");

        using var stream = await SendAsync(bot, HttpMethod.Post, $"api/v2/sessions/{session}/streamMessage", BotHost.Page);
        using var unknown = await SendAsync(bot, HttpMethod.Post, $"api/v2/sessions/{Unknown}/streamMessage", BotHost.Page);
        using var wrongMethod = await SendAsync(bot, HttpMethod.Get, $"api/v2/sessions/{session}/streamMessage", BotHost.Page);

        Assert.Equal((HttpStatusCode.OK, "*"), (stream.StatusCode, Header(stream, "Access-Control-Allow-Origin")));
        Assert.Equal((HttpStatusCode.NotFound, "*"), (unknown.StatusCode, Header(unknown, "Access-Control-Allow-Origin")));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "*"), (wrongMethod.StatusCode, Header(wrongMethod, "Access-Control-Allow-Origin")));
        Assert.Equal("""{"defined":false,"code":"NOT_FOUND","status":404,"message":"Session not found or expired. You need to start a new session."}""", await unknown.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("startChat", "[1]", "not an object")]
    [InlineData("startChat", "{", "line 1")]
    [InlineData("startChat", """{"isStreamEnabled":"yes"}""", "isStreamEnabled: expected true or false")]
    [InlineData("startChat", """{"prefilledVariables":"x"}""", "prefilledVariables: expected an object")]
    [InlineData("startChat", """{"textBubbleContentFormat":"html"}""", "textBubbleContentFormat: expected richText or markdown")]
    [InlineData("continueChat", """{"message":7}""", "message: expected a string")]
    [InlineData("continueChat", """{"message":{"type":"audio","url":"x"}}""", "message.type: expected 'text'")]
    [InlineData("continueChat", """{"message":{"type":"text"}}""", "message.text: expected a string")]
    [InlineData("continueChat", """{"message":{"type":"text","text":"x","attachedFileUrls":["u"]}}""", "message.attachedFileUrls")]
    public async Task What_is_wrong_is_named(string call, string body, string words)
    {
        await using var bot = await BotHost.StartAsync();
        var path = call == "startChat" ? "api/v1/typebots/shop/startChat" : $"api/v1/sessions/{await bot.StartAsync()}/continueChat";

        using var answer = await bot.Host.PostAsync(path, body);

        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal((HttpStatusCode.BadRequest, "BAD_REQUEST", 400), (answer.StatusCode, error["code"]!.GetValue<string>(), error["status"]!.GetValue<int>()));
        Assert.Contains(words, error["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(bot.Provider.Requests);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        await using var bot = await BotHost.StartAsync();

        using var answer = await bot.Host.PostAsync("api/v1/typebots/shop/startChat", "\"" + new string('x', 1024 * 1024) + "\"");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData("api/v1/typebots/nobody/startChat")]
    [InlineData("api/v1/sessions/clx1/continueChat")]
    [InlineData("api/v2/sessions/clx1/streamMessage")]
    [InlineData("api/v1/sendMessage")]
    [InlineData("api/v1/typebots/shop/other")]
    public async Task Bots_and_sessions_that_are_not_ours_go_to_the_operators_route(string path)
    {
        await using var bot = await BotHost.StartAsync(new()
        {
            ["ReverseProxy:Routes:portal:ClusterId"] = "openai",
            ["ReverseProxy:Routes:portal:Match:Path"] = "{**catch-all}",
        });
        bot.Provider.Script("/" + path, Script.Html(200, "portal"));

        using var answer = await bot.Host.PostAsync(path, "{}");

        Assert.Equal("portal", await answer.Content.ReadAsStringAsync());
        await bot.StartAsync();
    }

    [Theory]
    [InlineData("api/v1/sendMessage", "startChat")]
    [InlineData("api/v1/typebots/shop/preview/startChat", "startChat")]
    [InlineData($"api/v1/sessions/{Unknown}/streamMessage", "/api/v2/")]
    public async Task What_is_not_offered_says_so(string path, string words)
    {
        await using var bot = await BotHost.StartAsync();

        using var answer = await bot.Host.PostAsync(path, "{}");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains(words, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_surface_can_be_switched_off()
    {
        await using var bot = await BotHost.StartAsync(new() { ["BfProxy:Surfaces:Typebot"] = "false" });

        using var answer = await bot.Host.PostAsync("api/v1/typebots/shop/startChat", "{}");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("Nothing is served", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_of_a_bot_stop_the_start_all_at_once()
    {
        var exception = await Assert.ThrowsAsync<ConfigurationFaultException>(() => ProxyHost.StartAsync(new()
        {
            ["BfProxy:Bots:a b:App"] = "nobody",
            ["BfProxy:Bots:a b:Provider"] = "none",
            ["BfProxy:Bots:a b:AllowedOrigins:0"] = "shop.example",
            ["BfProxy:Bots:a b:TurnsPerSession"] = "0",
        }));

        foreach (var words in (string[])["letters, digits", "no app 'nobody'", "no provider 'none'", "'shop.example' is not an origin", "TurnsPerSession"])
        {
            Assert.Contains(words, exception.Message, StringComparison.Ordinal);
        }
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private static async Task<HttpResponseMessage> SendAsync(BotHost bot, HttpMethod method, string path, string origin, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        foreach (var (name, value) in headers.Where(static header => header.Name is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Content = method == HttpMethod.Post ? new StringContent("{}") : null;
        return await bot.Host.Http.SendAsync(request);
    }
}
