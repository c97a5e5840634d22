using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LoadTest.Client;

/// <summary>A subscriber that takes 1 KB a second and has next to no room to wait in.</summary>
internal sealed class SlowReader : IAsyncDisposable
{
    private const int BytesPerSecond = 1024;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
    private readonly CancellationTokenSource _over = new();
    private Task _reading = Task.CompletedTask;

    public async Task ConnectAsync(int port, string channel, CancellationToken cancellationToken)
    {
        await _socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
        var upgrade = $"GET /message/connect?app=demo HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
        var join = SocketFrame.Write(Encoding.UTF8.GetBytes($$$"""{"id":1,"action":"channelJoinAnon","options":{"channel":"{{{channel}}}"}}"""));
        await _socket.SendAsync(Encoding.ASCII.GetBytes(upgrade), SocketFlags.None, cancellationToken);
        await _socket.SendAsync(join, SocketFlags.None, cancellationToken);
        _reading = ReadAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _reading;
        _socket.Dispose();
        _over.Dispose();
    }

    // Ends when disposed, or when the server has had enough of it.
    private async Task ReadAsync()
    {
        var bytes = new byte[BytesPerSecond];
        try
        {
            while (await _socket.ReceiveAsync(bytes, SocketFlags.None, _over.Token) > 0)
            {
                await Task.Delay(Second, TimeProvider.System, _over.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
        }
    }
}
