using System.Net;
using System.Net.Sockets;
using BfProxy.Configuration;

namespace BfProxy.Security.Images;

/// <summary>
/// Connects to public addresses alone. The check is on the addresses that the socket is given, so a name that resolves to something else a moment later
/// leads nowhere else.
/// </summary>
internal static class GuardedConnection
{
    public static async ValueTask<Stream> OpenAsync(Settings<ImageRules> rules, DnsEndPoint host, CancellationToken cancellationToken)
    {
        // A resolver refuses some literals, such as 0.0.0.0, in words of its own.
        var addresses = IPAddress.TryParse(host.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host.Host, cancellationToken);
        var open = addresses.Where(rules.Current.Allows).ToArray();
        if (open.Length == 0)
        {
            throw new AddressNotAllowedException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, host.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
