using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Channels.Sockets;

/// <summary>Frames as text messages of a socket. What one drain finds goes out in one write.</summary>
/// <param name="socket">The socket; this is its only sender but for what it answers by itself.</param>
/// <param name="request">Ends the connection below the socket, where a send hangs in it.</param>
/// <param name="output">What lies directly below the socket; null where TLS or HTTP/2 stands between.</param>
internal sealed class WebSocketTransport(WebSocket socket, IHttpRequestLifetimeFeature request, SocketOutput? output) : IFrameTransport
{
    private const int FlushBytes = 8 * 1024;

    private SendBuffer _gathered = new();

    /// <summary>The socket answers what is no WebSocket message with a close of its own; behind that no frame may stand (RFC 6455, section 5.5.1).</summary>
    private bool IsOpen => socket.State is WebSocketState.Open or WebSocketState.CloseReceived;

    public ValueTask SendAsync(PreparedFrame frame, ReadOnlySpan<Subscription> positions, bool hasMore)
    {
        if (frame.IsEmpty)
        {
            return ValueTask.CompletedTask;
        }

        if (output is null)
        {
            return socket.SendAsync(frame.Payload, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }

        if (_gathered.IsEmpty && (!hasMore || frame.Message.Length >= FlushBytes))
        {
            return IsOpen ? output.SendAsync(frame.Message) : ValueTask.CompletedTask;
        }

        _gathered.Append(frame.Message);
        return hasMore && _gathered.Length < FlushBytes ? ValueTask.CompletedTask : FlushAsync();
    }

    public ValueTask FlushAsync() => _gathered.IsEmpty ? ValueTask.CompletedTask : FlushAsync(_gathered.Take());

    public async ValueTask CloseAsync(ConnectionEnd end)
    {
        await FlushAsync().ConfigureAwait(false);
        if (IsOpen)
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)end.Code, end.Reason, CancellationToken.None).ConfigureAwait(false);
        }
    }

    public ReadOnlyMemory<byte> Ping(long number) => Encoding.ASCII.GetBytes($"{{\"ping\":{number}}}");

    public void Abort()
    {
        request.Abort();
        socket.Abort();
    }

    private async ValueTask FlushAsync(SendBuffer gathered)
    {
        try
        {
            if (IsOpen)
            {
                await output!.SendAsync(gathered.Written).ConfigureAwait(false);
            }
        }
        finally
        {
            gathered.Release();
        }
    }
}
