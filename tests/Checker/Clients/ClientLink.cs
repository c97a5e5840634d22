using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Checker.Clients;

/// <summary>One WebSocket of a client, with the TCP connection under it at hand.</summary>
internal sealed class ClientLink : IDisposable
{
    private const int SlowReceiveBuffer = 4096;

    private readonly ClientWebSocket _socket = new();
    private readonly MemoryStream _message = new();
    private readonly byte[] _buffer = new byte[16 * 1024];
    private Socket? _tcp;
    private ThrottledStream? _throttle;

    private ClientLink()
    {
    }

    /// <summary>Why the server closed; null where it did not say.</summary>
    public int? CloseCode => (int?)_socket.CloseStatus;

    public static async Task<ClientLink> OpenAsync(int port, int? bytesPerSecond, CancellationToken cancellationToken)
    {
        var link = new ClientLink();
        using var handler = new SocketsHttpHandler { ConnectCallback = (context, token) => link.ConnectAsync(context, bytesPerSecond, token) };
        using var invoker = new HttpMessageInvoker(handler);
        try
        {
            await link._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/message/connect?app=demo"), invoker, cancellationToken);
            return link;
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    /// <summary>The next message, until the next call; null at the server's close.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken)
    {
        _message.SetLength(0);
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            _message.Write(_buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return _message.GetBuffer().AsMemory(0, (int)_message.Length);
            }
        }
    }

    public Task SendAsync(string text, CancellationToken cancellationToken) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <summary>Breaks the TCP connection with a reset.</summary>
    public void Reset()
    {
        if (_tcp is { } tcp)
        {
            tcp.LingerState = new LingerOption(enable: true, 0);
            tcp.Dispose();
        }
    }

    /// <summary>From now on reads at full speed.</summary>
    public void Hurry() => _throttle?.Open();

    public void Dispose()
    {
        _socket.Dispose();
        _tcp?.Dispose();
        _message.Dispose();
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, int? bytesPerSecond, CancellationToken cancellationToken)
    {
        _tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (bytesPerSecond is not null)
        {
            _tcp.ReceiveBufferSize = SlowReceiveBuffer;
        }

        await _tcp.ConnectAsync(context.DnsEndPoint, cancellationToken);
        Stream stream = new NetworkStream(_tcp, ownsSocket: true);
        return bytesPerSecond is { } rate ? _throttle = new ThrottledStream(stream, rate) : stream;
    }
}
