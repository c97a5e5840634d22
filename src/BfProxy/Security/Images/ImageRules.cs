using System.Net;

namespace BfProxy.Security.Images;

/// <summary>What may be fetched from where; immutable.</summary>
internal sealed record ImageRules(ImagesOptions Options, IReadOnlyList<AllowedHost> Hosts, IReadOnlyList<IPNetwork> Networks)
{
    /// <summary>Whether an address may be asked at all. What it resolves to is another question.</summary>
    public bool Allows(Uri address) =>
        (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) && address.UserInfo.Length == 0 && Hosts.Any(host => host.Matches(address));

    /// <summary>Whether a connection may be made to an address.</summary>
    public bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return PublicAddress.Is(plain) || Networks.Any(network => network.Contains(plain));
    }
}
