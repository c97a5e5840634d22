using BfProxy.Tests.Host;
using FakeProvider;
using FakeProvider.Shapes;

namespace BfProxy.Tests.Security;

/// <summary>Nothing of a caller's headers reaches a provider, and nothing of a provider's reaches a caller.</summary>
public sealed class HeaderTests
{
    private static readonly string[] Ours = ["Accept", "Accept-Encoding", "anthropic-version", "Authorization", "Content-Length", "Content-Type", "Host", "User-Agent", "x-api-key", "x-goog-api-key"];

    private static readonly string[] Providers = ["openai", "gemini", "anthropic"];

    public static TheoryData<string, string, bool, string> Calls()
    {
        var calls = new TheoryData<string, string, bool, string>();
        foreach (var provider in Providers)
        {
            calls.Add("stream/create", provider, true, "Buffer");
            calls.Add("stream/create", provider, false, "Buffer");
            calls.Add("stream/create", provider, false, "Passthrough");
            calls.Add("llm/query", provider, true, "Buffer");
            calls.Add("llm/query", provider, false, "Buffer");
        }

        return calls;
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task No_header_of_the_callers_reaches_the_provider_and_no_cookie_comes_back(string path, string provider, bool stream, string nonStreaming)
    {
        await using var host = await ProxyHost.StartAsync(new() { [$"BfProxy:Providers:{provider}:NonStreaming"] = nonStreaming });
        host.Provider.Script(Answer(provider, plain: nonStreaming == "Passthrough"));
        var body = ProxyHost.Envelope($$""" "provider":"{{provider}}","stream":{{(stream ? "true" : "false")}} """);

        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
            foreach (var (name, value) in Callers())
            {
                Assert.True(request.Headers.TryAddWithoutValidation(name, value));
            }

            using var answer = await host.Http.SendAsync(request);
            Assert.True((int)answer.StatusCode == 201, await answer.Content.ReadAsStringAsync());
            var seen = await host.Provider.NextRequestAsync();

            Assert.DoesNotContain(answer.Headers, static header => header.Key is "Set-Cookie" or "X-Provider");
            Assert.Empty(seen.Headers.Keys.Except(Ours, StringComparer.OrdinalIgnoreCase));
            Assert.DoesNotContain(seen.Headers.Values, static value => value.Contains("callers", StringComparison.Ordinal));
        }
    }

    private static Dictionary<string, string> Callers() => new(StringComparer.Ordinal)
    {
        ["Cookie"] = "session=callers",
        ["Authorization"] = "Bearer callers",
        ["x-api-key"] = "callers",
        ["x-goog-api-key"] = "callers",
        ["OpenAI-Organization"] = "callers",
        ["anthropic-beta"] = "callers",
        ["User-Agent"] = "callers/1.0",
        ["Referer"] = "https://page.example/?callers",
        ["Accept-Language"] = "callers",
        ["X-Forwarded-For"] = "203.0.113.7",
        ["X-Forwarded-Host"] = "callers.example",
        ["Forwarded"] = "for=203.0.113.7",
        ["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ["baggage"] = "of=callers",
        ["X-Anything"] = "callers",
    };

    private static Script Answer(string provider, bool plain)
    {
        var frames = provider switch
        {
            "gemini" => GeminiFrames.Chat("x"),
            "anthropic" => AnthropicFrames.Chat("x"),
            _ => OpenAiFrames.Chat("x"),
        };
        return plain
            ? Script.Empty.Status(200, "application/json").Header("Set-Cookie", "p=1; Path=/").Header("X-Provider", "p").Text("{}")
            : Script.Empty.Status(200).Header("Set-Cookie", "p=1; Path=/").Header("X-Provider", "p").SendHeaders().Frames(frames);
    }
}
