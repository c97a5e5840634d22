using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Channels;

/// <summary>Frames as text messages of a socket.</summary>
/// <param name="socket">The socket; this is its only sender.</param>
/// <param name="request">Ends the connection below the socket, where a send hangs in it.</param>
internal sealed class WebSocketTransport(WebSocket socket, IHttpRequestLifetimeFeature request) : IFrameTransport
{
    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, ReadOnlySpan<Subscription> positions) =>
        frame.IsEmpty ? ValueTask.CompletedTask : socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    public ValueTask FlushAsync() => ValueTask.CompletedTask;

    public ValueTask CloseAsync(ConnectionEnd end) =>
        socket.State is WebSocketState.Open or WebSocketState.CloseReceived
            ? new(socket.CloseOutputAsync((WebSocketCloseStatus)end.Code, end.Reason, CancellationToken.None))
            : ValueTask.CompletedTask;

    public ReadOnlyMemory<byte> Ping(long number) => Encoding.ASCII.GetBytes($"{{\"ping\":{number}}}");

    public void Abort()
    {
        request.Abort();
        socket.Abort();
    }
}
