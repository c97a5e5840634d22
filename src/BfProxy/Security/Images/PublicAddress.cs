using System.Net;
using System.Net.Sockets;

namespace BfProxy.Security.Images;

/// <summary>
/// Tells the public Internet from everything else, after IANA's registries of special purpose addresses. Refused are loopback, private, link-local,
/// shared (carrier-grade NAT), multicast, unspecified, documentation and reserved addresses, and all that carry an IPv4 address inside.
/// </summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] s_notPublic =
    [
        .. Parse("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24"),
        .. Parse("192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),

        // Looks public, and is where Azure tells virtual machines about themselves.
        .. Parse("168.63.129.16/32"),

        // Within the range of global addresses: protocol assignments with Teredo, documentation, 6to4.
        .. Parse("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    ];

    /// <summary>All that is assigned for global use. Mapped and NAT64 addresses, local and multicast ones are outside.</summary>
    private static readonly IPNetwork s_global = IPNetwork.Parse("2000::/3");

    public static bool Is(IPAddress address) =>
        (address.AddressFamily is AddressFamily.InterNetwork || (address.AddressFamily is AddressFamily.InterNetworkV6 && s_global.Contains(address)))
        && !Array.Exists(s_notPublic, network => network.Contains(address));

    private static IEnumerable<IPNetwork> Parse(params string[] networks) => networks.Select(static network => IPNetwork.Parse(network));
}
