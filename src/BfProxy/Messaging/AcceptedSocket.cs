using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Messaging;

/// <summary>Stands in a request for the WebSocket that was offered, once it is accepted: it brings the session to <see cref="SocketStage"/>.</summary>
internal sealed class AcceptedSocket(SocketSession session) : IHttpWebSocketFeature
{
    public SocketSession Session => session;

    public bool IsWebSocketRequest => false;

    public Task<WebSocket> AcceptAsync(WebSocketAcceptContext context) => throw new InvalidOperationException("The socket is accepted already");
}
