using System.Text.Json.Nodes;
using BfProxy.Tests.Hooks;
using BfProxy.Tests.Host;
using FakeProvider;

namespace BfProxy.Tests.Assistants;

/// <summary>The application with a back end for tools, OpenAI's conversations behind it, and a page on <c>anonymous</c>.</summary>
internal sealed class AssistantHost : IAsyncDisposable
{
    public const string Path = "stream/create/assistants";
    public const string Tool = """ "tools":[{"type":"function","function":{"name":"find","parameters":{"type":"object","properties":{}}}}] """;

    private AssistantHost(ProxyHost proxy, HookReceiver backEnd, ChannelClient page) => (Proxy, BackEnd, Page, Conversations) = (proxy, backEnd, page, new FakeConversations(proxy.Provider));

    public ProxyHost Proxy { get; }

    public HookReceiver BackEnd { get; }

    public ChannelClient Page { get; }

    public FakeConversations Conversations { get; }

    public static async Task<AssistantHost> StartAsync(Dictionary<string, string?>? settings = null, TimeProvider? time = null)
    {
        var backEnd = await HookReceiver.StartAsync(TimeProvider.System);
        var host = await ProxyHost.StartAsync(new(settings ?? [], StringComparer.Ordinal)
        {
            ["BfProxy:Apps:test:Hooks:Tools:Url"] = backEnd.Address.ToString(),
            ["BfProxy:Apps:test:Hooks:Tools:Secret"] = HookReceiver.Secret,
            ["BfProxy:Apps:other:ApiKeys:0"] = "BFAPI_other",
        }, time);
        return new AssistantHost(host, backEnd, await ChannelClient.ConnectAsync(new Uri(host.Address, "?app=test")));
    }

    public static string Body(string text, string? thread = null, bool stream = false, string more = "\"model\":\"gpt-fake-2\"", string key = ProxyHost.AppKey)
    {
        var continued = thread is null ? "" : $"\"thread_id\":\"{thread}\",";
        var streams = stream ? "true" : "false";
        return $$$"""{"apiKey":"{{{key}}}","channels":["anonymous"],"actionName":"act","payload":{"stream":{{{streams}}},"messages":[{"role":"user","content":"{{{text}}}"}],{{{continued}}} {{{more}}} } }""";
    }

    /// <summary>POSTs a run and reads its answer, which has this status.</summary>
    public Task<JsonNode> RunAsync(string body, int status = 201) => PostAsync(Proxy, Path, body, status);

    public Task<JsonNode> StopAsync(JsonNode run, int status = 201) =>
        PostAsync(Proxy, Path + "/stop", $$"""{"apiKey":"{{ProxyHost.AppKey}}","threadId":"{{run["threadId"]}}","runId":"{{run["runId"]}}"}""", status);

    /// <summary>The page's frames up to the first event of this type.</summary>
    public async Task<JsonNode> ReadUntilAsync(string type)
    {
        while (true)
        {
            var seen = (await Page.NextAsync())["event"]!;
            if (seen["type"]!.GetValue<string>() == type)
            {
                return seen;
            }
        }
    }

    /// <summary>A page answers a tool call.</summary>
    public Task<JsonNode> AnswerAsync(JsonNode call) =>
        PostAsync(Proxy, "llm/tool-response", $$"""{"apiKey":"{{ProxyHost.AppKey}}","toolCallId":"{{call["toolCallId"]}}","success":true,"message":"it is red"}""");

    public static async Task<JsonNode> PostAsync(ProxyHost host, string path, string body, int status = 201)
    {
        using var answer = await host.PostAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    public static string TextOf(JsonNode answer) => answer["data"]![0]!["text"]!["value"]!.GetValue<string>();

    public static string Id(JsonNode answer) => answer["threadId"]!.GetValue<string>();

    public async ValueTask DisposeAsync()
    {
        await Page.DisposeAsync();
        await Proxy.DisposeAsync();
        await BackEnd.DisposeAsync();
    }
}
