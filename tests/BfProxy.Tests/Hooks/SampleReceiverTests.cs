using System.Net;
using System.Text;
using BfProxy.Hooks;
using BfProxy.Tests.Host;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Hooks;

/// <summary>The sample receiver, as it stands in <c>config/examples</c>: lets our calls through, and nobody else's.</summary>
public sealed class SampleReceiverTests
{
    private const string Body = """{"toolCallId":"call_1","name":"getWeather","arguments":{"city":"Köln"}}""";

    [Fact]
    public async Task It_answers_our_tool_call_and_hears_our_message()
    {
        await using var receiver = await SampleReceiver.StartAsync(HookReceiver.Secret);
        await using var host = await ProxyHost.StartAsync(new()
        {
            ["BfProxy:Apps:test:Hooks:Tools:Url"] = receiver.Address.ToString(),
            ["BfProxy:Apps:test:Hooks:Tools:Secret"] = HookReceiver.Secret,
            ["BfProxy:Apps:test:Hooks:Messages:Url"] = receiver.Address.ToString(),
            ["BfProxy:Apps:test:Hooks:Messages:Secret"] = HookReceiver.Secret,
        });

        var result = await host.Services.GetRequiredService<HookClient>().CallAsync("test", HookKind.Tools, Encoding.UTF8.GetBytes(Body), "call_1", CancellationToken.None);
        host.Services.GetRequiredService<MessageHooks>().Enqueue("test", new MessageHookCall("salesRoom", "receive", "{}"u8.ToArray(), null, "c1", "shop.example"));
        await host.StopAsync();

        Assert.Equal("""{"success":true,"message":"getWeather was run","data":{"city":"Köln"}}""", Encoding.UTF8.GetString(result.Body.Span));
        Assert.Equal("a visitor said something on salesRoom\n", await receiver.StopAsync());
    }

    [Fact]
    public async Task It_refuses_what_is_badly_signed_old_or_repeated()
    {
        await using var receiver = await SampleReceiver.StartAsync(HookReceiver.Secret);
        var good = Sign(TimeProvider.System, HookReceiver.Secret);
        var other = Sign(TimeProvider.System, "whsec_other");

        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(receiver, other, Body));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(receiver, good, Body + " "));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(receiver, good[..^1], Body));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(receiver, "", Body));
        // Signed by a clock that stands at another time.
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(receiver, Sign(new ManualTimeProvider(), HookReceiver.Secret), Body));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(receiver, good, Body));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(receiver, good, Body));
    }

    private static string Sign(TimeProvider time, string secret) => new HookSignature(time).Sign(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(Body));

    private static async Task<HttpStatusCode> PostAsync(SampleReceiver receiver, string signature, string body)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, receiver.Address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("X-BfProxy-Signature", signature);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
