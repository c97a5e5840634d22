using System.Net;
using System.Net.WebSockets;
using BfProxy.Tests.Host;

namespace BfProxy.Tests.Security;

public sealed class CrossOriginTests : IAsyncLifetime
{
    private const string Friend = "https://friend.example";
    private const string OtherFriend = "https://friend.of.other.example";
    private const string Evil = "https://evil.example";

    private ProxyHost _host = null!;

    public async Task InitializeAsync() => _host = await ProxyHost.StartAsync(new()
    {
        ["BfProxy:Apps:test:AllowedOrigins:0"] = Friend,
        ["BfProxy:Apps:test:Domains:0"] = "127.0.0.1",
        ["BfProxy:Apps:other:AllowedOrigins:0"] = OtherFriend,
    });

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData("stream/create")]
    [InlineData("llm/query/stop")]
    [InlineData("message/connect")]
    [InlineData("message/events")]
    [InlineData("message/command")]
    public async Task A_preflight_is_answered_for_the_origins_of_all_apps(string path)
    {
        foreach (var origin in (string[])[Friend, OtherFriend])
        {
            using var answer = await SendAsync(HttpMethod.Options, path, origin, ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type"));
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            Assert.Equal((origin, "content-type, authorization, last-event-id", null), (Header(answer, "Access-Control-Allow-Origin"), Header(answer, "Access-Control-Allow-Headers"), Header(answer, "Access-Control-Allow-Credentials")));
            Assert.Contains("POST", Header(answer, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
            Assert.Equal("Origin", Header(answer, "Vary"));
        }
    }

    [Fact]
    public async Task A_preflight_of_a_stranger_allows_nothing()
    {
        using var answer = await SendAsync(HttpMethod.Options, "stream/create", Evil, ("Access-Control-Request-Method", "POST"));
        Assert.Equal((HttpStatusCode.NoContent, null, "Origin"), (answer.StatusCode, Header(answer, "Access-Control-Allow-Origin"), Header(answer, "Vary")));
    }

    [Theory]
    [InlineData(Friend, HttpStatusCode.BadRequest, Friend)]
    [InlineData(OtherFriend, HttpStatusCode.Forbidden, OtherFriend)]
    [InlineData(Evil, HttpStatusCode.Forbidden, null)]
    public async Task The_request_itself_is_checked_against_its_own_app_and_refusals_can_be_read(string origin, HttpStatusCode status, string? allowed)
    {
        using var answer = await SendAsync(HttpMethod.Post, "stream/create", origin, body: $$"""{"apiKey":"{{ProxyHost.AppKey}}"}""");
        Assert.Equal((status, allowed, "Origin"), (answer.StatusCode, Header(answer, "Access-Control-Allow-Origin"), Header(answer, "Vary")));
    }

    [Fact]
    public async Task Refusals_before_the_app_is_known_can_be_read_too()
    {
        foreach (var body in (string[])["nonsense", """{"apiKey":"BFAPI_wrong"}"""])
        {
            using var answer = await SendAsync(HttpMethod.Post, "stream/create", Friend, body: body);
            Assert.Equal(Friend, Header(answer, "Access-Control-Allow-Origin"));
            Assert.Contains("\"className\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var wrongMethod = await SendAsync(HttpMethod.Get, "stream/create", Friend);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, Friend), (wrongMethod.StatusCode, Header(wrongMethod, "Access-Control-Allow-Origin")));
    }

    [Theory]
    [InlineData(Friend, HttpStatusCode.SwitchingProtocols)]
    [InlineData(OtherFriend, HttpStatusCode.Forbidden)]
    [InlineData(Evil, HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    public async Task A_socket_is_for_allowed_origins_only(string origin, HttpStatusCode status)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Origin", origin);
        await Record.ExceptionAsync(() => socket.ConnectAsync(new Uri($"ws://{_host.Address.Authority}/message/connect"), CancellationToken.None));
        Assert.Equal(status, socket.HttpStatusCode);
    }

    [Theory]
    [InlineData(Friend, HttpStatusCode.OK, Friend)]
    [InlineData(OtherFriend, HttpStatusCode.Forbidden, OtherFriend)]
    [InlineData(Evil, HttpStatusCode.Forbidden, null)]
    public async Task An_event_stream_is_for_allowed_origins_only(string origin, HttpStatusCode status, string? allowed)
    {
        using var answer = await SendAsync(HttpMethod.Get, "message/events", origin, completion: HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((status, allowed, "Origin"), (answer.StatusCode, Header(answer, "Access-Control-Allow-Origin"), Header(answer, "Vary")));
    }

    [Theory]
    [InlineData(Friend, HttpStatusCode.Unauthorized)]
    [InlineData(Evil, HttpStatusCode.Forbidden)]
    public async Task A_posted_command_is_for_allowed_origins_only(string origin, HttpStatusCode status)
    {
        using var answer = await SendAsync(HttpMethod.Post, "message/command", origin, body: """{"resumeToken":"x","action":"fly"}""");
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task What_is_not_ours_to_share_has_no_such_headers()
    {
        using var answer = await SendAsync(HttpMethod.Get, "health/live", Friend);
        Assert.Null(Header(answer, "Access-Control-Allow-Origin"));
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string origin, (string Name, string Value) first = default, (string Name, string Value) second = default, string? body = null, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        foreach (var (name, value) in ((string Name, string Value)[])[first, second])
        {
            if (name is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        request.Content = body is null ? null : new StringContent(body);
        return await _host.Http.SendAsync(request, completion);
    }
}
