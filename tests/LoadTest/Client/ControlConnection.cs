using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LoadTest.Client;

/// <summary>One kept-alive HTTP/1.1 connection for POSTs, one at a time; raw, so that what it measures is the other side.</summary>
internal sealed class ControlConnection(int port) : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly ByteQueue _input = new();

    public async Task<ControlReply> PostAsync(string path, string json, CancellationToken cancellationToken)
    {
        if (!_socket.Connected)
        {
            await _socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
        }

        var length = Encoding.UTF8.GetByteCount(json);
        var request = $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}";
        await _socket.SendAsync(Encoding.UTF8.GetBytes(request), SocketFlags.None, cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    public void Dispose() => _socket.Dispose();

    private async Task<ControlReply> ReadAsync(CancellationToken cancellationToken)
    {
        var body = new ByteQueue();
        var chunks = default(ChunkedBody);
        ResponseHead? head = null;
        var at = 0L;
        while (!IsWhole(head, chunks, body))
        {
            var read = await _socket.ReceiveAsync(_input.Room, SocketFlags.None, cancellationToken);
            if (read == 0)
            {
                throw new IOException("The server closed the connection instead of answering");
            }

            _input.Filled(read);
            if (head is null && ResponseHead.TryRead(_input.Waiting, out var found) is var length and > 0)
            {
                at = Stopwatch.GetTimestamp();
                head = found;
                _input.Take(length);
            }

            if (head is { } known)
            {
                _input.Take(TakeBody(known, ref chunks, body));
            }
        }

        return new ControlReply(head!.Value.Status, Encoding.UTF8.GetString(body.Waiting), at);
    }

    private int TakeBody(ResponseHead head, ref ChunkedBody chunks, ByteQueue body)
    {
        if (head.Chunked)
        {
            return chunks.Decode(_input.Waiting, body);
        }

        body.Append(_input.Waiting);
        return _input.Waiting.Length;
    }

    private static bool IsWhole(ResponseHead? head, ChunkedBody chunks, ByteQueue body) =>
        head is { } known && (known.Chunked ? chunks.IsOver : body.Waiting.Length >= known.ContentLength);
}
