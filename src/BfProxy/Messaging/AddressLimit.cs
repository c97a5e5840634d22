using System.Net;
using System.Net.Sockets;
using BfProxy.Limits;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>Counts the connections of each address over all nodes, for apps that bound them. An IPv6 address counts as its network: one subscriber has as many as it likes.</summary>
internal sealed class AddressLimit(Places places)
{
    private const int NetworkBytes = 8;

    /// <summary>Takes a place for as long as the request lives; false where none is left.</summary>
    public async ValueTask<bool> TryTakeAsync(HttpContext context, App app, IPAddress? address)
    {
        if (app.ConnectionsPerAddress is not { } limit || address is null)
        {
            return true;
        }

        var (key, holder) = ($"address:{app.Name}:{NetworkOf(address)}", Guid.NewGuid().ToString("N"));
        if (!await places.TryTakeAsync(key, holder, limit))
        {
            return false;
        }

        context.Response.OnCompleted(() => places.LeaveAsync(key, holder).AsTask());
        return true;
    }

    private static IPAddress NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6 || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }
}
