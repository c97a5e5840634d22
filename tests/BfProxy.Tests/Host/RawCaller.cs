using System.Net.Sockets;
using System.Text;

namespace BfProxy.Tests.Host;

/// <summary>A caller who sees in how many pieces it was answered.</summary>
/// <param name="receiveBuffer">Bytes that the kernel takes for one who does not read; null for its own choice.</param>
internal sealed class RawCaller(int? receiveBuffer = null) : IDisposable
{
    // IPPROTO_TCP, TCP_INFO, and in it tcpi_data_segs_in, of linux/tcp.h.
    private const int Tcp = 6;
    private const int TcpInfo = 11;
    private const int SegmentsAt = 152;

    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>How many segments with data came so far: on the loopback one for each write of up to 64 KB that was sent at once.</summary>
    public int Pieces
    {
        get
        {
            Span<byte> info = stackalloc byte[SegmentsAt + sizeof(int)];
            Assert.Equal(info.Length, _socket.GetRawSocketOption(Tcp, TcpInfo, info));
            return BitConverter.ToInt32(info[SegmentsAt..]);
        }
    }

    /// <summary>Sends a request, and waits until bytes come.</summary>
    public async Task<string> AskAsync(Uri address, string request)
    {
        _socket.ReceiveBufferSize = receiveBuffer ?? _socket.ReceiveBufferSize;
        await _socket.ConnectAsync(address.Host, address.Port);
        await _socket.SendAsync(Encoding.ASCII.GetBytes(request));
        return await ReadAsync();
    }

    public async Task<string> ReadAsync()
    {
        var length = await _socket.ReceiveAsync(_buffer).WaitAsync(LongEnough);
        return Encoding.UTF8.GetString(_buffer.AsSpan(0, length));
    }

    public void Dispose() => _socket.Dispose();
}
