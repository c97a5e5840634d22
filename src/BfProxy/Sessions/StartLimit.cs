using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BfProxy.Sessions;

/// <summary>Counts the conversations that each address starts in a minute. An IPv6 address counts as its network: one visitor has as many as it likes.</summary>
internal sealed class StartLimit(TimeProvider time)
{
    private const int NetworkBytes = 8;

    private Window _window = new(0);

    public bool TryStart(Bot bot, IPAddress? address)
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        var window = Volatile.Read(ref _window);
        if (window.Minute != minute)
        {
            var next = new Window(minute);
            var seen = Interlocked.CompareExchange(ref _window, next, window);
            window = seen == window ? next : seen;
        }

        return window.Counts.AddOrUpdate((bot.PublicId, NetworkOf(address ?? IPAddress.None)), 1, static (_, count) => count + 1) <= bot.Options.StartsPerMinute;
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

    private sealed class Window(long minute)
    {
        public long Minute => minute;

        public ConcurrentDictionary<(string Bot, IPAddress Network), int> Counts { get; } = new();
    }
}
