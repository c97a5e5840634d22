using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Security;
using BfProxy.Tests.Host;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Security;

/// <summary>Bad input gets an error that names the field, and nothing reaches a provider.</summary>
public sealed class BadInputTests
{
    public static TheoryData<string, int, string> Bodies() => new()
    {
        { "", 400, "empty" },
        { "hello", 400, "line 1" },
        { "[]", 400, "object" },
        { """{"apiKey":"BFAPI_test","payload":{"model":"m" """, 400, "line" },
        { """{"payload":{}}""", 401, "apiKey" },
        { """{"apiKey":"wrong","payload":{}}""", 401, "apiKey" },
        { """{"apiKey":5,"payload":{}}""", 400, "apiKey" },
        { """{"apiKey":"BFAPI_test"}""", 400, "payload" },
        { """{"apiKey":"BFAPI_test","payload":[]}""", 400, "payload" },
        { Payload(""" "messages":[] """), 400, "payload.messages" },
        { Payload(""" "messages":"hi" """), 400, "payload.messages" },
        { Payload(""" "messages":[{"role":5,"content":"x"}] """), 400, "payload.messages[0].role" },
        { Payload(""" "messages":[{"role":"user","content":"x"}],"stream":"maybe" """), 400, "payload.stream" },
        { Payload(""" "messages":[{"role":"user","content":"x"}],"provider":"nobody" """), 400, "payload.provider" },
        { Payload(""" "messages":[{"role":"user","content":"x"}],"provider":7 """), 400, "payload.provider" },
        { Payload(""" "messages":[{"role":"user","content":"x"}],"model":"../../v1/files" """), 400, "payload.model" },
        { Payload(""" "messages":[{"role":"user","content":"x"}],"model":"a b" """), 400, "payload.model" },
        { Payload(""" "messages":[{"role":"user","content":"x"}],"model":"x?key=1" """), 400, "payload.model" },
        { Payload(""" "messages":[{"role":"user","content":"x"}],"apiKey":"line\nbreak" """), 400, "payload.apiKey" },
        { Payload(""" "messages":[{"role":"user","content":"x"}],"temperature":"warm" """), 400, "payload.temperature" },
        { """{"apiKey":"BFAPI_test","payload":{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}}""", 400, "channels" },
        { """{"apiKey":"BFAPI_test","channels":[1],"payload":{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}}""", 400, "channels[0]" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_bad_body_is_refused_by_name_and_nothing_is_sent(string body, int status, string named)
    {
        await using var host = await ProxyHost.StartAsync();

        using var answer = await host.PostAsync("stream/create", body);

        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, text);
        Assert.Contains(named, JsonNode.Parse(text)!["message"]!.GetValue<string>(), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(host.Provider.Requests);
    }

    [Theory]
    [InlineData("", "No app belongs to this host; name one with ?app=")]
    [InlineData("?app=", "No app belongs to this host; name one with ?app=")]
    [InlineData("?app=nope", "?app=: there is no app 'nope' here")]
    [InlineData("?app=%3Cscript%3E%0Ax", "?app=: there is no app '?script??x' here")]
    public async Task An_app_that_is_not_there_is_refused_by_its_name(string query, string message)
    {
        await using var host = await ProxyHost.StartAsync(new() { ["BfProxy:Apps:other:ApiKeys:0"] = "BFAPI_other" });

        using var events = await host.Http.GetAsync(new Uri("message/events" + query, UriKind.Relative));
        using var stop = await host.PostAsync("llm/query/stop" + query, """{"streamId":"x"}""");

        foreach (var answer in new[] { events, stop })
        {
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal(message, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["message"]!.GetValue<string>());
        }
    }

    [Theory]
    [InlineData("/stream/create")]
    [InlineData("/message/connect")]
    [InlineData("/")]
    public async Task A_host_that_is_not_allowed_is_refused_in_our_shape(string path)
    {
        await using var host = await ProxyHost.StartAsync(new() { ["AllowedHosts"] = "page.example" });
        using var wrong = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = "other.example" } };
        using var right = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { Host = "page.example" } };

        using var refused = await host.Http.SendAsync(wrong);
        using var served = await host.Http.SendAsync(right);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("Host: this name is not served here (AllowedHosts)", JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["error"]!["message"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Fact]
    public async Task A_long_name_of_an_app_is_shown_in_part()
    {
        await using var host = await ProxyHost.StartAsync();

        using var answer = await host.Http.GetAsync(new Uri("message/events?app=" + new string('a', 2_000), UriKind.Relative));

        Assert.Equal($"?app=: there is no app '{new string('a', 64)}…' here", JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["message"]!.GetValue<string>());
    }

    [Fact]
    public async Task Twenty_MiB_of_brackets_and_a_huge_model_name_are_refused_without_echo()
    {
        await using var host = await ProxyHost.StartAsync();

        using var brackets = await host.PostAsync("stream/create", new string('[', 20 * 1024 * 1024));
        using var name = await host.ChatAsync($""" "model":"{new string('m', 3 * 1024 * 1024)}" """);

        Assert.Equal(HttpStatusCode.BadRequest, brackets.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, name.StatusCode);
        var text = await name.Content.ReadAsStringAsync();
        Assert.Contains("payload.model", text, StringComparison.Ordinal);
        Assert.True(text.Length < 2_000, "the error echoes the input");
        Assert.Empty(host.Provider.Requests);
    }

    [Fact]
    public async Task Too_large_is_413_with_and_without_a_length()
    {
        await using var host = await ProxyHost.StartAsync();
        var bytes = new byte[(20 * 1024 * 1024) + 1];
        bytes.AsSpan().Fill((byte)' ');
        using var known = new ByteArrayContent(bytes);
        using var unknown = new StreamContent(new MemoryStream(bytes));
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "stream/create") { Content = unknown };
        chunked.Headers.TransferEncodingChunked = true;

        using var one = await host.Http.PostAsync(new Uri("stream/create", UriKind.Relative), known);
        using var two = await host.Http.SendAsync(chunked);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, one.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, two.StatusCode);
        Assert.Equal(413, JsonNode.Parse(await two.Content.ReadAsStringAsync())!["code"]!.GetValue<int>());
    }

    [Fact]
    public async Task An_encoded_body_is_415_and_another_method_405_with_Allow()
    {
        await using var host = await ProxyHost.StartAsync();
        using var encoded = new StringContent("{}");
        encoded.Headers.ContentEncoding.Add("br");

        using var unsupported = await host.Http.PostAsync(new Uri("stream/create", UriKind.Relative), encoded);
        using var get = await host.Http.GetAsync(new Uri("stream/create", UriKind.Relative));
        using var nowhere = await host.Http.GetAsync(new Uri("no/such/path", UriKind.Relative));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, unsupported.StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
        Assert.Equal(["POST"], get.Content.Headers.Allow);
        Assert.Equal(405, JsonNode.Parse(await get.Content.ReadAsStringAsync())!["code"]!.GetValue<int>());
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
        Assert.Equal("NotFound", JsonNode.Parse(await nowhere.Content.ReadAsStringAsync())!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Any_of_several_encodings_is_415()
    {
        await using var host = await ProxyHost.StartAsync();
        using var caller = await SendAsync(host, "POST /stream/create HTTP/1.1\r\nHost: x\r\nContent-Encoding: identity\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}");
        var answer = new byte[16];

        await caller.ReceiveAsync(answer);

        Assert.StartsWith("HTTP/1.1 415", Encoding.ASCII.GetString(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_who_resets_in_the_middle_of_the_body_is_no_error_of_ours()
    {
        await using var host = await ProxyHost.StartAsync();
        var budget = host.Services.GetRequiredService<BodyBudget>();
        using (var caller = await SendAsync(host, "POST /stream/create HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{\"apiKey"))
        {
            Assert.True(SpinWait.SpinUntil(() => budget.Used > 0, TimeSpan.FromSeconds(30)));
            caller.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        Assert.True(SpinWait.SpinUntil(() => budget.Used == 0, TimeSpan.FromSeconds(30)));
        await host.StopAsync();
        Assert.DoesNotContain("Error BfProxy", host.Logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_key_for_the_provider_is_400_and_a_provider_or_model_that_is_not_allowed_403()
    {
        await using var host = await ProxyHost.StartAsync(new()
        {
            ["BfProxy:Providers:openai:ApiKey"] = "",
            ["BfProxy:Providers:gemini:AllowedModels:0"] = "gemini-fake-1",
            ["BfProxy:Apps:test:Providers:0"] = "openai",
            ["BfProxy:Apps:test:Providers:1"] = "gemini",
        });

        using var noKey = await host.ChatAsync(""" "model":"gpt-fake-1" """);
        using var notAllowed = await host.ChatAsync(""" "provider":"demo" """);
        using var notThisModel = await host.ChatAsync(""" "provider":"gemini","model":"other" """);

        Assert.Equal(HttpStatusCode.BadRequest, noKey.StatusCode);
        Assert.Contains("payload.apiKey", await noKey.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, notAllowed.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, notThisModel.StatusCode);
        Assert.Empty(host.Provider.Requests);
    }

    [Fact]
    public async Task A_key_is_no_good_on_the_host_of_another_app_and_a_foreign_origin_is_refused()
    {
        await using var host = await ProxyHost.StartAsync(new()
        {
            ["BfProxy:Apps:other:ApiKeys:0"] = "BFAPI_other",
            ["BfProxy:Apps:other:Domains:0"] = "other.example",
            ["BfProxy:Apps:test:AllowedOrigins:0"] = "https://friend.example",
        });
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));

        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(host, "Host", "other.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(host, "Origin", "https://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(host, "Origin", "null"));
        Assert.Equal(HttpStatusCode.Created, await PostAsync(host, "Origin", "https://friend.example"));
        Assert.Equal(HttpStatusCode.Created, await PostAsync(host, "Origin", host.Address.GetLeftPart(UriPartial.Authority)));
    }

    [Fact]
    public async Task A_body_as_FileMaker_sends_it_works()
    {
        await using var host = await ProxyHost.StartAsync();
        host.Provider.Script(OpenAiScripts.Path, OpenAiScripts.Chat("x"));
        var text = "\uFEFF" + ProxyHost.Envelope(""" "model":"gpt-fake-1", // a comment """).Replace("{\"apiKey", "{\r/* note */\r\"apiKey", StringComparison.Ordinal).Replace("// a comment ", "// a comment \r", StringComparison.Ordinal);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        using var request = new HttpRequestMessage(HttpMethod.Post, "stream/create") { Content = content };
        request.Headers.ExpectContinue = true;

        using var answer = await host.Http.SendAsync(request);

        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<Socket> SendAsync(ProxyHost host, string bytes)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(host.Address.Host, host.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(bytes));
        return socket;
    }

    private static string Payload(string members) => $$$"""{"apiKey":"{{{ProxyHost.AppKey}}}","channels":["anonymous"],"actionName":"act","payload":{"model":"m",{{{members}}} } }""";

    private static async Task<HttpStatusCode> PostAsync(ProxyHost host, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "stream/create") { Content = new StringContent(ProxyHost.Envelope(""" "model":"gpt-fake-1" """)) };
        request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await host.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
