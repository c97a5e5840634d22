using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BfProxy.Channels.Sockets;

internal static class SocketOutputSetup
{
    /// <summary>Puts a <see cref="SocketOutput"/> below all that Kestrel sends, also below TLS.</summary>
    public static void UseSocketOutput(this KestrelServerOptions kestrel) =>
        kestrel.ConfigureEndpointDefaults(static endpoint => endpoint.Use(static next => connection => RunAsync(next, connection)));

    /// <summary>The output below a request whose bytes reach the socket as they are; null where TLS or the frames of HTTP/2 stand between.</summary>
    public static SocketOutput? OutputOf(HttpContext context) =>
        HttpProtocol.IsHttp11(context.Request.Protocol) ? context.Features.Get<IConnectionTransportFeature>()?.Transport as SocketOutput : null;

    /// <summary>No state of ours waits for the connection's end: an idle one is to hold as little as it can.</summary>
    private static Task RunAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        if (connection.Features.Get<IConnectionSocketFeature>() is { Socket: var socket } && TryUnblock(socket))
        {
            connection.Transport = new SocketOutput(connection, socket);
        }

        return next(connection);
    }

    /// <summary>False where the connection was ended before it began.</summary>
    private static bool TryUnblock(Socket socket)
    {
        try
        {
            socket.Blocking = false;
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
