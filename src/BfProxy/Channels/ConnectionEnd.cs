using System.Net.WebSockets;

namespace BfProxy.Channels;

/// <summary>Why the server closes a connection, as the client sees it.</summary>
/// <param name="Code">WebSocket close code.</param>
/// <param name="Reason">Close reason, without characters that JSON escapes.</param>
/// <param name="SendsPending">Whether what is still to be sent goes first.</param>
/// <param name="Returns">Whether the client does well to come back.</param>
internal sealed record ConnectionEnd(int Code, string Reason, bool SendsPending = false, bool Returns = false)
{
    public static readonly ConnectionEnd Answered = new((int)WebSocketCloseStatus.NormalClosure, "");
    public static readonly ConnectionEnd GoingAway = new((int)WebSocketCloseStatus.EndpointUnavailable, "server going away", SendsPending: true, Returns: true);
    public static readonly ConnectionEnd NotText = new((int)WebSocketCloseStatus.InvalidMessageType, "text frames only");
    public static readonly ConnectionEnd TooLarge = new((int)WebSocketCloseStatus.MessageTooBig, "message too large");
    public static readonly ConnectionEnd Failed = new((int)WebSocketCloseStatus.InternalServerError, "internal error", Returns: true);
    public static readonly ConnectionEnd BecamePrivate = new(4003, "a channel became private", Returns: true);
    public static readonly ConnectionEnd TooSlow = new(4008, "too slow", Returns: true);
    public static readonly ConnectionEnd NoPong = new(4009, "no pong", Returns: true);
    public static readonly ConnectionEnd Resumed = new(4010, "resumed elsewhere");
}
