using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BfProxy.Tests.Host;

/// <summary>The sockets of this process as the kernel has them, whoever made them.</summary>
internal static class OpenSockets
{
    /// <summary>Of each connection to this port: whether its small writes go out at once.</summary>
    public static IReadOnlyList<bool> NoDelayTo(int port) => Find(socket => (socket.RemoteEndPoint as IPEndPoint)?.Port == port);

    /// <summary>Of each connection that was accepted at this port.</summary>
    public static IReadOnlyList<bool> NoDelayAt(int port) => Find(socket => socket.RemoteEndPoint is not null && (socket.LocalEndPoint as IPEndPoint)?.Port == port);

    private static List<bool> Find(Func<Socket, bool> isMeant)
    {
        var found = new List<bool>();
        foreach (var path in Directory.GetFiles("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var number) && Read(number, isMeant) is { } noDelay)
            {
                found.Add(noDelay);
            }
        }

        return found;
    }

    private static bool? Read(int number, Func<Socket, bool> isMeant)
    {
        try
        {
            // Only looked at: its owner closes it.
            using var handle = new SafeSocketHandle(number, ownsHandle: false);
            using var socket = new Socket(handle);
            return socket is { SocketType: SocketType.Stream, AddressFamily: AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 } && isMeant(socket) ? socket.NoDelay : null;
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException or ObjectDisposedException)
        {
            // No socket, not connected, or closed meanwhile.
            return null;
        }
    }
}
