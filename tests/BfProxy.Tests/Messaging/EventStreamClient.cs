using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Tests.Channels;
using BfProxy.Tests.Host;

namespace BfProxy.Tests.Messaging;

/// <summary>A page whose WebSockets are blocked: an EventSource, and commands by POST.</summary>
internal sealed class EventStreamClient : IAsyncDisposable
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private readonly StreamGrammar _grammar = new();
    private readonly HttpClient _http;
    private readonly SseParser<string> _parser;
    private readonly IAsyncEnumerator<SseItem<string>> _items;

    private EventStreamClient(HttpClient http, HttpResponseMessage response, Stream body)
    {
        (_http, Response) = (http, response);
        _parser = SseParser.Create(body);
        _items = _parser.EnumerateAsync().GetAsyncEnumerator();
    }

    public HttpResponseMessage Response { get; }

    public JsonNode Greeting { get; private set; } = new JsonObject();

    public string LastEventId => _parser.LastEventId;

    public TimeSpan Retry => _parser.ReconnectionInterval;

    public string ResumeToken => Greeting["resumeToken"]!.GetValue<string>();

    public string ConnectionId => Greeting["connectionId"]!.GetValue<string>();

    public static async Task<EventStreamClient> ConnectAsync(Uri address, string query = "", string? lastEventId = null, Version? version = null)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/message/events{query}");
        if (version is not null)
        {
            (request.Version, request.VersionPolicy) = (version, HttpVersionPolicy.RequestVersionExact);
        }

        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var client = new EventStreamClient(http, response, response.IsSuccessStatusCode ? await response.Content.ReadAsStreamAsync() : Stream.Null);
        if (response.IsSuccessStatusCode)
        {
            client.Greeting = JsonNode.Parse((await client.ReadAsync())!.Value.Data)!;
        }

        return client;
    }

    /// <summary>The next event; null where the stream has ended.</summary>
    public async Task<SseItem<string>?> ReadAsync()
    {
        if (!await _items.MoveNextAsync().AsTask().WaitAsync(LongEnough))
        {
            return null;
        }

        _grammar.Observe(JsonNode.Parse(_items.Current.Data)!);
        return _items.Current;
    }

    public async Task<Frame> ReadFrameAsync() => Frame.Parse(Encoding.UTF8.GetBytes((await ReadAsync())!.Value.Data));

    /// <summary>What the greeting says of a channel.</summary>
    public JsonNode Channel(string name) => Greeting["channels"]!.AsArray().Single(channel => channel!["channel"]!.GetValue<string>() == name)!;

    /// <summary>POSTs a command, of which <paramref name="members"/> are the JSON members.</summary>
    public async Task<string> AskAsync(string members) => await (await PostAsync(members, ResumeToken)).Content.ReadAsStringAsync();

    public Task<HttpResponseMessage> PostAsync(string members, string token) =>
        _http.PostAsync("/message/command", new StringContent($$"""{"resumeToken":"{{token}}",{{members}}}"""));

    public async ValueTask DisposeAsync()
    {
        Response.Dispose();
        _http.Dispose();
        await Task.CompletedTask;
    }
}
