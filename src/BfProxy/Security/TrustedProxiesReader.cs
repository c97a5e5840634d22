using System.Net;
using System.Net.Sockets;
using BfProxy.Configuration;

namespace BfProxy.Security;

/// <summary>Reads <c>BfProxy:TrustedProxies</c>.</summary>
internal static class TrustedProxiesReader
{
    private const string Key = "BfProxy:TrustedProxies";
    private const int AddressBits = 32;
    private const int LongAddressBits = 128;

    public static TrustedProxies Read(IConfiguration configuration, Faults faults)
    {
        var section = configuration.GetSection(Key);
        if (!string.IsNullOrEmpty(section.Value))
        {
            faults.Add(Key, "expected a list, such as BfProxy__TrustedProxies__0");
        }

        var networks = new List<IPNetwork>();
        foreach (var entry in section.GetChildren())
        {
            if (TryRead(entry.Value, out var network))
            {
                networks.Add(network);
            }
            else
            {
                faults.Add(entry.Path, $"'{entry.Value}' is neither an address nor a network, such as 10.0.0.7 or 10.0.0.0/8; a network of all addresses would believe everybody");
            }
        }

        return new TrustedProxies(networks);
    }

    private static bool TryRead(string? text, out IPNetwork network)
    {
        if (!IPAddress.TryParse(text, out var address))
        {
            return IPNetwork.TryParse(text, out network) && network.PrefixLength > 0;
        }

        network = new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? AddressBits : LongAddressBits);
        return true;
    }
}
