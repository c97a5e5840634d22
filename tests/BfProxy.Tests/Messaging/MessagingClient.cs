using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using BfProxy.Tests.Channels;
using BfProxy.Tests.Host;

namespace BfProxy.Tests.Messaging;

internal sealed class MessagingClient : IDisposable
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private readonly StreamGrammar _grammar = new();
    private readonly byte[] _buffer = new byte[1024 * 1024];

    public ClientWebSocket Socket { get; } = new();

    /// <summary>What the server said on connect.</summary>
    public string Greeting { get; private set; } = "";

    public string ConnectionId => System.Text.Json.JsonDocument.Parse(Greeting).RootElement.GetProperty("connectionId").GetString()!;

    public static async Task<MessagingClient> ConnectAsync(Uri address, HttpMessageInvoker? invoker = null, string query = "")
    {
        var client = new MessagingClient();
        if (invoker is not null)
        {
            client.Socket.Options.HttpVersion = System.Net.HttpVersion.Version20;
            client.Socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        var uri = new UriBuilder(address) { Scheme = "ws", Path = "/message/connect", Query = query };
        await client.Socket.ConnectAsync(uri.Uri, invoker, CancellationToken.None);
        client.Greeting = await client.ReadAsync();
        return client;
    }

    public async Task<string> AskAsync(string command)
    {
        await SendAsync(command);
        return await ReadAsync();
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public Task SendAsync(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Text, bool end = true) =>
        Socket.SendAsync(bytes, type, end, CancellationToken.None);

    public async Task<string> ReadAsync()
    {
        var length = 0;
        while (true)
        {
            var result = await Socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None).AsTask().WaitAsync(LongEnough);
            length += result.Count;
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return $"closed {(int)Socket.CloseStatus!}";
            }

            if (result.EndOfMessage)
            {
                var frame = Encoding.UTF8.GetString(_buffer, 0, length);
                _grammar.Observe(JsonNode.Parse(frame)!);
                return frame;
            }
        }
    }

    public async Task<Frame> ReadFrameAsync() => Frame.Parse(Encoding.UTF8.GetBytes(await ReadAsync()));

    public void Dispose() => Socket.Dispose();
}
