using System.Text.Json.Nodes;
using BfProxy.Forwarding;
using BfProxy.Tests.Assistants;
using BfProxy.Tests.Host;
using BfProxy.Tests.Sessions;
using FakeProvider;
using FakeProvider.Shapes;
using Microsoft.Extensions.DependencyInjection;

namespace BfProxy.Tests.Forwarding;

/// <summary>The application, called on one of its routes, each of which asks provider <c>openai</c> with chat completions.</summary>
internal sealed class MatrixHost : IAsyncDisposable
{
    public const string Deliver = "delivery betterforms";
    public const string Assistants = AssistantHost.Path;
    public const string Sessions = "streamMessage";

    /// <summary>As the widget reads it, instead of events.</summary>
    public const string DataStream = "streamMessage in lines";

    /// <summary>On a thread that OpenAI keeps, and so in the words of its Responses.</summary>
    public const string Conversations = AssistantHost.Path + " on OpenAI's threads";

    private const string OpenAiThreads = "/v1/conversations";

    private const string Thread = "conv_fake0001";

    /// <summary>What a bot says where its model fails.</summary>
    private const string Fallback = "No answer today.";

    private readonly string _route;
    private readonly bool _stream;
    private readonly FakeProviderServer _portal;
    private readonly ChannelClient? _page;

    private MatrixHost(string route, bool stream, ProxyHost proxy, FakeProviderServer portal, ChannelClient? page)
    {
        (_route, _stream, Proxy, _portal, _page) = (route, stream, proxy, portal, page);
        Provider.Script(OpenAiThreads, FakeProvider.Script.Json(200, $$"""{"id":"{{Thread}}","object":"conversation"}"""));
        Provider.Script($"{OpenAiThreads}/{Thread}/items", FakeProvider.Script.Json(200, """{"object":"list","data":[]}"""));
    }

    public ProxyHost Proxy { get; }

    public FakeProviderServer Provider => Proxy.Provider;

    public Uri Portal => _portal.BaseAddress;

    /// <summary>In whose words the model is asked.</summary>
    public string Dialect => DialectOf(_route);

    /// <summary>The requests that the model got, in order.</summary>
    public IReadOnlyList<SeenRequest> Asked => [.. Provider.Requests.Where(request => request.Path == AnyDialect.Path(Dialect))];

    /// <summary>Each route, streaming and not.</summary>
    public static TheoryData<string, bool> Ways()
    {
        var ways = new TheoryData<string, bool> { { Deliver, true }, { DataStream, true } };
        foreach (var route in new[] { "stream/create", "llm/query", Assistants, Conversations, Sessions })
        {
            ways.Add(route, true);
            ways.Add(route, false);
        }

        return ways;
    }

    public static string DialectOf(string route) => route == Conversations ? "openai-responses" : "openai";

    /// <summary>Whether a caller on this route is shown a failure, not only words in place of an answer.</summary>
    public static bool Tells(string route, bool stream) => route != DataStream && (stream || route != Sessions);

    public static async Task<MatrixHost> StartAsync(string route, bool stream, Dictionary<string, string?>? settings = null, TimeProvider? time = null)
    {
        var portal = await FakeProviderServer.StartAsync();
        portal.Script(PortalHost.Path, FakeProvider.Script.Json(201, "{}"));
        var proxy = await ProxyHost.StartAsync(
            new(settings ?? [], StringComparer.Ordinal)
            {
                ["ReverseProxy:Clusters:portal:Destinations:primary:Address"] = portal.BaseAddress.ToString(),
                ["BfProxy:Apps:test:Delivery"] = route == Deliver ? "betterforms" : "channels",
                ["BfProxy:Providers:openai:Conversations"] = (route == Conversations).ToString(),
                ["BfProxy:Bots:shop:App"] = "test",
                ["BfProxy:Bots:shop:Provider"] = "openai",
                ["BfProxy:Bots:shop:Model"] = "gpt-fake-1",
                ["BfProxy:Bots:shop:FallbackText"] = Fallback,
            },
            time);
        return new MatrixHost(route, stream, proxy, portal, stream && route is not (Deliver or Sessions or DataStream) ? await ChannelClient.ConnectAsync(new Uri(proxy.Address, "?app=test")) : null);
    }

    /// <summary>Has the model answer like this.</summary>
    public void Script(params Script[] scripts) => Provider.Script(AnyDialect.Path(Dialect), scripts);

    /// <summary>Lets time pass in steps so small that what is under way otherwise (calls of the portal have 30 s) is done hundreds of requests before its own time; fails after five minutes of it.</summary>
    public async Task AdvanceUntilAsync(ManualTimeProvider time, Task done)
    {
        for (var i = 0; i < 3000 && !done.IsCompleted; i++)
        {
            await AdvanceAsync(time, TimeSpan.FromMilliseconds(100));
        }

        await done.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Lets time pass, a whole request after what happened before.</summary>
    public async Task AdvanceAsync(ManualTimeProvider time, TimeSpan span)
    {
        using var live = await Proxy.Http.GetAsync(new Uri("health/live", UriKind.Relative));
        time.Advance(span);
    }

    /// <summary>Asks once, and reads all that comes of it.</summary>
    public async Task<MatrixAnswer> AskAsync(CancellationToken cancellationToken = default)
    {
        if (_route is Sessions or DataStream)
        {
            return await AskBotAsync(cancellationToken);
        }

        var body = ProxyHost.Envelope($""" "model":"gpt-fake-1","stream":{(_stream ? "true" : "false")} """);
        using var answer = await Proxy.PostAsync(PathOf(_route), body, cancellationToken);
        var words = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!;
        if (!answer.IsSuccessStatusCode)
        {
            Assert.Equal((int)answer.StatusCode, words["code"]!.GetValue<int>());
            return new MatrixAnswer("", (int)answer.StatusCode, IsRefused: true, RetryAfter: answer.Headers.RetryAfter?.Delta, Words: words["message"]!.GetValue<string>());
        }

        Assert.Equal(201, (int)answer.StatusCode);
        if (_stream)
        {
            return Told(_page is null ? await ReadPortalAsync() : await _page.ReadStreamAsync());
        }

        var text = _route is Assistants or Conversations ? words["data"]![0]!["text"]!["value"] : (words["data"] ?? words)["choices"]![0]!["message"]!["content"];
        return new MatrixAnswer(text!.GetValue<string>(), null, IsRefused: false);
    }

    /// <summary>Every connection to the provider is free or closed, nothing waits for the portal, and no stream is counted as running.</summary>
    public async Task AssertNothingIsLeftAsync()
    {
        foreach (var request in Provider.Requests.Concat(_portal.Requests))
        {
            await request.Finished.WaitAsync(TimeSpan.FromSeconds(30));
        }

        await ClosePageAsync();
        await Proxy.StopAsync();
        Assert.Equal(0, Proxy.Services.GetRequiredService<RunningStreams>().Count);
    }

    /// <summary>The page goes; a node that stops need not wait for it.</summary>
    public ValueTask ClosePageAsync() => _page?.DisposeAsync() ?? ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await ClosePageAsync();
        await Proxy.DisposeAsync();
        await _portal.DisposeAsync();
    }

    private static MatrixAnswer Told(List<JsonNode> events)
    {
        var error = events.SingleOrDefault(static e => e["type"]!.GetValue<string>() == "error");
        var end = Assert.Single(events, static e => e["type"]!.GetValue<string>() == "end");
        Assert.Same(events[^1], end);
        Assert.Equal(error is not null, end["finish_reason"]!.GetValue<string>() == "error");
        return new MatrixAnswer(ChannelClient.TextOf(events), error?["error"]!["code"]!.GetValue<int>(), IsRefused: false, end["finish_reason"]!.GetValue<string>(), Words: error?["error"]!["message"]!.GetValue<string>());
    }

    private static string PathOf(string route) => route switch
    {
        Deliver => "stream/create",
        Conversations => Assistants,
        _ => route,
    };

    private async Task<List<JsonNode>> ReadPortalAsync()
    {
        var events = new List<JsonNode>();
        do
        {
            events.Add(PortalHost.EventOf(await _portal.NextRequestAsync()));
        }
        while (events[^1]["type"]!.GetValue<string>() != "end");

        return events;
    }

    /// <summary>A bot never refuses its visitor; where it waits for the whole answer, its fallback text is all that tells of a failure.</summary>
    private async Task<MatrixAnswer> AskBotAsync(CancellationToken cancellationToken)
    {
        var started = await PostAsync("api/v1/typebots/shop/startChat", $$"""{"isStreamEnabled":{{(_stream ? "true" : "false")}}}""", cancellationToken);
        var session = JsonNode.Parse(started)!["sessionId"]!.GetValue<string>();
        var said = await PostAsync($"api/v1/sessions/{session}/continueChat", $$$"""{"message":{"type":"text","text":"{{{ProxyHost.Prompt}}}"}}""", cancellationToken);
        if (!_stream)
        {
            return new MatrixAnswer(said, said.Contains(Fallback, StringComparison.Ordinal) ? 0 : null, IsRefused: false);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v2/sessions/{session}/streamMessage");
        request.Headers.TryAddWithoutValidation("Accept", _route == Sessions ? "text/event-stream" : "*/*");
        using var answer = await Proxy.Http.SendAsync(request, cancellationToken);
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (_route == DataStream)
        {
            var text = BotHost.TextOf(body);
            return new MatrixAnswer(text.Replace(Fallback, "", StringComparison.Ordinal).TrimEnd(), text.EndsWith(Fallback, StringComparison.Ordinal) ? 0 : null, IsRefused: false);
        }

        var events = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(static e => e[0] != ':').Select(static e => JsonNode.Parse(e["data: ".Length..])!).ToList();
        var told = Told(events);
        Assert.Equal(told.Error is not null, told.Text.EndsWith(Fallback, StringComparison.Ordinal));
        return told with { Text = told.Text.Replace(Fallback, "", StringComparison.Ordinal).TrimEnd() };
    }

    private async Task<string> PostAsync(string path, string body, CancellationToken cancellationToken)
    {
        using var answer = await Proxy.PostAsync(path, body, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }
}
