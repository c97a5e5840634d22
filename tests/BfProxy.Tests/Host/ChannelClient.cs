using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace BfProxy.Tests.Host;

/// <summary>A visitor on a socket, as a page would be.</summary>
internal sealed class ChannelClient : IAsyncDisposable
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket;
    private readonly Queue<JsonNode> _frames = new();
    private readonly StreamGrammar _grammar = new();
    private int _id;

    private ChannelClient(ClientWebSocket socket) => _socket = socket;

    public JsonNode Greeting { get; private set; } = null!;

    public string ConnectionId => Greeting["connectionId"]!.GetValue<string>();

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public static async Task<ChannelClient> ConnectAsync(Uri address, Action<ClientWebSocketOptions>? options = null)
    {
        var socket = new ClientWebSocket();
        options?.Invoke(socket.Options);
        await socket.ConnectAsync(new Uri($"ws://{address.Authority}/message/connect{address.Query}"), CancellationToken.None).WaitAsync(LongEnough);
        var client = new ChannelClient(socket);
        client.Greeting = await client.ReadAsync();
        return client;
    }

    /// <summary>Sends a command and returns its reply; frames that come in between are kept for <see cref="NextAsync"/>.</summary>
    public async Task<JsonNode> CommandAsync(string action, JsonObject options)
    {
        var id = ++_id;
        await SendAsync(new JsonObject { ["id"] = id, ["action"] = action, ["options"] = options }.ToJsonString());
        while (true)
        {
            var frame = await ReadAsync();
            if (frame["id"] is { } reply && reply.GetValue<int>() == id)
            {
                return frame;
            }

            _frames.Enqueue(frame);
        }
    }

    public Task<JsonNode> JoinAsync(string channel, JsonNode? since = null)
    {
        var options = new JsonObject { ["channel"] = channel };
        if (since is not null)
        {
            options["since"] = since;
        }

        return CommandAsync("channelJoinAnon", options);
    }

    public Task SendAsync(string text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).WaitAsync(LongEnough);

    /// <summary>The next channel frame (not a reply, not a ping).</summary>
    public async Task<JsonNode> NextAsync()
    {
        if (_frames.TryDequeue(out var kept))
        {
            return kept;
        }

        while (true)
        {
            var frame = await ReadAsync();
            if (frame["channel"] is not null && frame["id"] is null)
            {
                return frame;
            }
        }
    }

    /// <summary>The events of one stream up to and including its end.</summary>
    public async Task<List<JsonNode>> ReadStreamAsync()
    {
        var events = new List<JsonNode>();
        do
        {
            events.Add((await NextAsync())["event"]!);
        }
        while (events[^1]["type"]!.GetValue<string>() != "end");

        return events;
    }

    /// <summary>The text of a stream's deltas.</summary>
    public static string TextOf(IEnumerable<JsonNode> events) =>
        string.Concat(events.Where(e => e["type"]!.GetValue<string>() == "delta").Select(e => e["content"]!.GetValue<string>()));

    /// <summary>Waits until the server closes the socket.</summary>
    public async Task<WebSocketCloseStatus?> ReadCloseAsync()
    {
        while (_socket.State == WebSocketState.Open)
        {
            await ReceiveAsync();
        }

        return _socket.CloseStatus;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<JsonNode> ReadAsync()
    {
        var frame = JsonNode.Parse(await ReceiveAsync())!;
        _grammar.Observe(frame);
        return frame;
    }

    private async Task<byte[]> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        ValueWebSocketReceiveResult result;
        do
        {
            result = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().WaitAsync(LongEnough);
            message.Write(buffer, 0, result.Count);
        }
        while (!result.EndOfMessage);

        return message.ToArray();
    }
}
