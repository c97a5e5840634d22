using System.Text.Json.Nodes;
using BfProxy.Tests.Hooks;
using BfProxy.Tests.Host;
using FakeProvider.Shapes;

namespace BfProxy.Tests.LlmQuery;

/// <summary>The application with a back end for tools, four providers, and a page on <c>anonymous</c>.</summary>
internal sealed class QueryHost : IAsyncDisposable
{
    public const string Tools = """ "tools":[{"type":"function","function":{"name":"ui_ask","parameters":{"type":"object","properties":{}}}},{"name":"find","parameters":{"type":"object"}},{"name":"count"}] """;

    private QueryHost(ProxyHost host, HookReceiver backEnd, ChannelClient page) => (Proxy, BackEnd, Page) = (host, backEnd, page);

    public ProxyHost Proxy { get; }

    public HookReceiver BackEnd { get; }

    public ChannelClient Page { get; }

    public static async Task<QueryHost> StartAsync(Dictionary<string, string?>? settings = null, TimeProvider? time = null)
    {
        var backEnd = await HookReceiver.StartAsync(TimeProvider.System);
        var all = new Dictionary<string, string?>(settings ?? [], StringComparer.Ordinal)
        {
            ["BfProxy:Providers:openai-responses:Dialect"] = "openai-responses",
            ["BfProxy:Providers:openai-responses:Cluster"] = "openai",
            ["BfProxy:Providers:openai-responses:ApiKey"] = "sk-server",
        };
        if (settings?.ContainsKey("BfProxy:Apps:test:Hooks:Tools:Url") != true)
        {
            all["BfProxy:Apps:test:Hooks:Tools:Url"] = backEnd.Address.ToString();
            all["BfProxy:Apps:test:Hooks:Tools:Secret"] = HookReceiver.Secret;
        }

        var host = await ProxyHost.StartAsync(all, time);
        return new QueryHost(host, backEnd, await host.ConnectAsync());
    }

    /// <summary>POSTs a query whose payload has these members.</summary>
    public Task<HttpResponseMessage> QueryAsync(string payload) => Proxy.PostAsync("/llm/query", ProxyHost.Envelope(payload));

    /// <summary>A page answers a call, on this or another host name.</summary>
    public async Task<JsonNode> AnswerAsync(string toolCallId, string members = "\"success\":true,\"message\":\"yes\"", string? onHost = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "llm/tool-response") { Content = new StringContent($$"""{"toolCallId":"{{toolCallId}}",{{members}}}""") };
        request.Headers.Host = onHost;
        using var answer = await Proxy.Http.SendAsync(request);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    /// <summary>Reads events up to one of this type, which is the last of them.</summary>
    public async Task<List<JsonNode>> ReadUntilAsync(string type)
    {
        var events = new List<JsonNode>();
        do
        {
            events.Add((await Page.NextAsync())["event"]!);
        }
        while (events[^1]["type"]!.GetValue<string>() != type);

        return events;
    }

    public static string Payload(string provider, string more = "\"stream\":true," + Tools) => $$""" "provider":"{{provider}}","model":"{{AnyDialect.Model(provider)}}",{{more}} """;

    /// <summary>The provider first says this much, then calls tools; asked again, it says more and ends.</summary>
    public void Script(string provider, string before, (string Id, string Name, string? Arguments)[] calls, string after) =>
        Proxy.Provider.Script(AnyDialect.Path(provider), FakeProvider.Script.Sse(AnyDialect.Calls(provider, before, calls)), FakeProvider.Script.Sse(AnyDialect.Text(provider, after)));

    public async ValueTask DisposeAsync()
    {
        await Page.DisposeAsync();
        await Proxy.DisposeAsync();
        await BackEnd.DisposeAsync();
    }
}
