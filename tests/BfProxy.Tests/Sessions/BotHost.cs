using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BfProxy.Tests.Host;
using FakeProvider;

namespace BfProxy.Tests.Sessions;

/// <summary>The application with a bot, called as the widget calls it.</summary>
internal sealed class BotHost : IAsyncDisposable
{
    public const string Fallback = "No answer today.";
    public const string Page = "https://shop.example";

    private BotHost(ProxyHost host) => Host = host;

    public ProxyHost Host { get; }

    public FakeProviderServer Provider => Host.Provider;

    public static async Task<BotHost> StartAsync(Dictionary<string, string?>? settings = null, TimeProvider? time = null) => new(await ProxyHost.StartAsync(
        new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BfProxy:Bots:shop:App"] = "test",
            ["BfProxy:Bots:shop:Provider"] = "openai",
            ["BfProxy:Bots:shop:Model"] = "gpt-fake-1",
            ["BfProxy:Bots:shop:Instructions"] = "You sell tea.",
            ["BfProxy:Bots:shop:Welcome:0"] = "Welcome!",
            ["BfProxy:Bots:shop:Placeholder"] = "Ask about tea",
            ["BfProxy:Bots:shop:FallbackText"] = Fallback,
            ["BfProxy:Bots:shop:AllowedOrigins:0"] = Page,
        }.Concat(settings ?? []).GroupBy(static pair => pair.Key, StringComparer.Ordinal).ToDictionary(static group => group.Key, static group => group.Last().Value, StringComparer.Ordinal),
        time));

    public async Task<JsonNode> StartChatAsync(string body = """{"isStreamEnabled":true,"prefilledVariables":{},"isOnlyRegistering":false}""", string bot = "shop") =>
        await ReadAsync(await Host.PostAsync($"api/v1/typebots/{bot}/startChat", body));

    public async Task<string> StartAsync() => (await StartChatAsync())["sessionId"]!.GetValue<string>();

    public async Task<JsonNode> ContinueAsync(string session, string body) => await ReadAsync(await Host.PostAsync($"api/v1/sessions/{session}/continueChat", body));

    public Task<JsonNode> SayAsync(string session, string text) => ContinueAsync(session, new JsonObject { ["message"] = new JsonObject { ["type"] = "text", ["text"] = text } }.ToJsonString());

    /// <summary>The response to <c>streamMessage</c>, its headers read.</summary>
    public Task<HttpResponseMessage> OpenStreamAsync(string session, string? accept = null, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"api/v2/sessions/{session}/streamMessage") { Content = accept is null ? new StringContent("{}", Encoding.UTF8, "application/json") : null };
        request.Headers.TryAddWithoutValidation("Accept", accept ?? "*/*");
        return Host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>The whole body of <c>streamMessage</c>.</summary>
    public async Task<string> StreamAsync(string session, string? accept = null)
    {
        using var answer = await OpenStreamAsync(session, accept);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>The text of data-stream lines, keep-alives left out.</summary>
    public static string TextOf(string lines) =>
        string.Concat(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => line.StartsWith("0:", StringComparison.Ordinal)).Select(static line => JsonSerializer.Deserialize<string>(line[2..])));

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
            return JsonNode.Parse(text)!;
        }
    }
}
