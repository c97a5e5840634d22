using System.Buffers;
using System.Net.WebSockets;

namespace BfProxy.Messaging;

/// <summary>Reads whole messages from a socket, which it owns. While it waits it holds no buffer: most connections only listen.</summary>
internal sealed class MessageReader(WebSocket socket, int maxBytes) : IDisposable
{
    private const int FirstBufferBytes = 1024;

    private byte[] _buffer = [];
    private int _length;

    /// <summary>The message, until the next call.</summary>
    public ReadOnlyMemory<byte> Message => _buffer.AsMemory(0, _length);

    /// <summary>Waits for the start of a message: the caller's await is all that stays in memory meanwhile.</summary>
    public ValueTask<ValueWebSocketReceiveResult> StartAsync()
    {
        Release();
        return socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
    }

    /// <summary>Reads the message that has started; the socket itself refuses text that is not UTF-8.</summary>
    public async ValueTask<MessageKind> ReadAsync(ValueWebSocketReceiveResult result)
    {
        while (result is { MessageType: WebSocketMessageType.Text, EndOfMessage: false })
        {
            Grow();
            result = await socket.ReceiveAsync(_buffer.AsMemory(_length), CancellationToken.None);
            _length += result.Count;
            if (_length > maxBytes)
            {
                return MessageKind.TooLarge;
            }
        }

        return result.MessageType switch
        {
            WebSocketMessageType.Text => MessageKind.Text,
            WebSocketMessageType.Close => MessageKind.Closed,
            _ => MessageKind.Binary,
        };
    }

    public void Dispose()
    {
        Release();
        socket.Dispose();
    }

    private void Release()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        (_buffer, _length) = ([], 0);
    }

    private void Grow()
    {
        if (_length < _buffer.Length)
        {
            return;
        }

        var (full, length) = (_buffer, _length);
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBufferBytes, length * 2));
        full.AsSpan(0, length).CopyTo(larger);
        Release();
        (_buffer, _length) = (larger, length);
    }
}
