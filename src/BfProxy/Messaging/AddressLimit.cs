using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>Counts the connections of each address, for apps that bound them. An IPv6 address counts as its network: one subscriber has as many as it likes.</summary>
internal sealed class AddressLimit
{
    private const int NetworkBytes = 8;

    private readonly ConcurrentDictionary<(string App, IPAddress Network), int> _counts = new();

    /// <summary>Takes a place for as long as the request lives; false where none is left.</summary>
    public bool TryTake(HttpContext context, App app, IPAddress? address)
    {
        if (app.ConnectionsPerAddress is not { } limit || address is null)
        {
            return true;
        }

        var key = (app.Name, NetworkOf(address));
        if (_counts.AddOrUpdate(key, 1, static (_, count) => count + 1) > limit)
        {
            Leave(key);
            return false;
        }

        context.Response.OnCompleted(() =>
        {
            Leave(key);
            return Task.CompletedTask;
        });
        return true;
    }

    private void Leave((string App, IPAddress Network) key)
    {
        if (_counts.AddOrUpdate(key, 0, static (_, count) => count - 1) == 0)
        {
            _counts.TryRemove(new(key, 0));
        }
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
