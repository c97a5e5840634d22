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

    public static string Payload(string provider, string more = "\"stream\":true," + Tools) => $$""" "provider":"{{provider}}","model":"{{Model(provider)}}",{{more}} """;

    /// <summary>The provider first says this much, then calls tools; asked again, it says more and ends.</summary>
    public void Script(string provider, string before, (string Id, string Name, string? Arguments)[] calls, string after) =>
        Proxy.Provider.Script(Path(provider), FakeProvider.Script.Sse(Calls(provider, before, calls)), FakeProvider.Script.Sse(Text(provider, after)));

    public static string Path(string provider) => provider switch
    {
        "anthropic" => AnthropicScripts.Path,
        "gemini" => GeminiScripts.StreamPath(),
        "openai-responses" => ResponsesScripts.Path,
        _ => OpenAiScripts.Path,
    };

    public static IEnumerable<string> Calls(string provider, string before, params (string Id, string Name, string? Arguments)[] calls) => provider switch
    {
        "anthropic" =>
        [
            AnthropicFrames.Start(), AnthropicFrames.StartText(), AnthropicFrames.Text(before), AnthropicFrames.StopBlock(),
            .. calls.SelectMany((call, index) => AnthropicFrames.Call(index + 1, call.Id, call.Name, call.Arguments is null ? [] : [call.Arguments[..1], call.Arguments[1..]])),
            AnthropicFrames.End("tool_use"), AnthropicFrames.Stop,
        ],
        "gemini" => [GeminiFrames.Text(before), .. calls.Select(call => GeminiFrames.FunctionCall(call.Name, call.Arguments)), GeminiFrames.Text("", "STOP")],
        "openai-responses" =>
        [
            ResponsesFrames.Created(), ResponsesFrames.Delta(before, 1),
            .. calls.Select((call, index) => ResponsesFrames.CallDone(call.Id, call.Name, call.Arguments ?? "{}", index + 1)), ResponsesFrames.Completed(),
        ],
        _ =>
        [
            OpenAiFrames.Role(), OpenAiFrames.Delta(before),
            .. calls.SelectMany((call, index) => new[] { OpenAiFrames.ToolCall(index, call.Id, call.Name), OpenAiFrames.ToolArguments(index, call.Arguments ?? "") }),
            OpenAiFrames.Finish("tool_calls"), OpenAiFrames.Usage(9, 3), OpenAiFrames.Done,
        ],
    };

    /// <summary>The start of an answer that goes on.</summary>
    public static IEnumerable<string> Open(string provider, string text) => provider switch
    {
        "anthropic" => [AnthropicFrames.Start(), AnthropicFrames.StartText(), AnthropicFrames.Text(text)],
        "gemini" => [GeminiFrames.Text(text)],
        "openai-responses" => [ResponsesFrames.Created(), ResponsesFrames.Delta(text, 1)],
        _ => [OpenAiFrames.Role(), OpenAiFrames.Delta(text)],
    };

    public async ValueTask DisposeAsync()
    {
        await Page.DisposeAsync();
        await Proxy.DisposeAsync();
        await BackEnd.DisposeAsync();
    }

    private static IEnumerable<string> Text(string provider, string text) => provider switch
    {
        "anthropic" => AnthropicFrames.Chat(text),
        "gemini" => GeminiFrames.Chat(text),
        "openai-responses" => ResponsesFrames.Chat(text),
        _ => OpenAiFrames.Chat(text),
    };

    private static string Model(string provider) => provider switch
    {
        "anthropic" => AnthropicFrames.Model,
        "gemini" => GeminiFrames.Model,
        "openai-responses" => ResponsesFrames.Model,
        _ => OpenAiFrames.Model,
    };
}
