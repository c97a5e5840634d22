using System.Net;
using System.Text;
using BfProxy.Hooks;

namespace BfProxy.Tests.Hooks;

/// <summary>A receiver that follows the recipe of docs/hooks.md refuses what we did not sign, what is old, and what it has seen.</summary>
public sealed class HookReceiverTests
{
    private const string Body = """{"toolCallId":"call_1","name":"getWeather"}""";

    [Fact]
    public async Task A_call_of_ours_is_accepted_once_and_a_replay_refused()
    {
        var time = new ManualTimeProvider();
        await using var receiver = await HookReceiver.StartAsync(time);
        var signature = Sign(time, HookReceiver.Secret);

        Assert.Equal(HttpStatusCode.OK, await PostAsync(receiver, signature, Body));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(receiver, signature, Body));
    }

    [Theory]
    [InlineData("another secret")]
    [InlineData("an altered body")]
    [InlineData("an altered time")]
    [InlineData("no signature")]
    [InlineData("half a signature")]
    [InlineData("too old")]
    [InlineData("from the future")]
    public async Task Everything_else_is_refused(string what)
    {
        var time = new ManualTimeProvider();
        time.Advance(TimeSpan.FromHours(1));
        await using var receiver = await HookReceiver.StartAsync(time);
        var good = Sign(time, HookReceiver.Secret);
        var signature = what switch
        {
            "another secret" => Sign(time, "whsec_other"),
            "an altered time" => good.Replace("t=1", "t=2", StringComparison.Ordinal),
            "no signature" => "",
            "half a signature" => good[..40],
            "from the future" => Sign(Later(TimeSpan.FromMinutes(66)), HookReceiver.Secret),
            _ => good,
        };
        if (what == "too old")
        {
            time.Advance(TimeSpan.FromSeconds(301));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(receiver, signature, what == "an altered body" ? Body.Replace("call_1", "call_2", StringComparison.Ordinal) : Body));
    }

    [Fact]
    public void The_signature_is_the_one_that_openssl_makes()
    {
        // printf '1767225600.{}' | openssl dgst -sha256 -hmac secret
        const string expected = "t=1767225600,v1=fa7eaa06bf97d7815f3f456e97cde70c9e50cb005f01660c8d10b10c21964887";

        Assert.Equal(expected, new HookSignature(new ManualTimeProvider()).Sign("secret"u8, "{}"u8));
    }

    private static ManualTimeProvider Later(TimeSpan by)
    {
        var time = new ManualTimeProvider();
        time.Advance(by);
        return time;
    }

    private static string Sign(TimeProvider time, string secret) => new HookSignature(time).Sign(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(Body));

    private static async Task<HttpStatusCode> PostAsync(HookReceiver receiver, string signature, string body)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, receiver.Address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("X-BfProxy-Signature", signature);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
