using System.Net;
using BfProxy.Configuration;

namespace BfProxy.Security.Images;

/// <summary>Reads <c>BfProxy:Images</c>.</summary>
internal static class ImageRulesReader
{
    public static ImageRules Read(IConfiguration configuration, Faults faults)
    {
        var section = configuration.GetSection(ImagesOptions.Section);
        var options = SettingsBinder.Bind(section, faults, new ImagesOptionsValidator());
        return new ImageRules(options, [.. ReadHosts(options, faults)], [.. ReadNetworks(options, faults)]);
    }

    private static IEnumerable<AllowedHost> ReadHosts(ImagesOptions options, Faults faults)
    {
        for (var index = 0; index < options.AllowedHosts.Count; index++)
        {
            if (AllowedHost.TryParse(options.AllowedHosts[index], out var host))
            {
                yield return host;
            }
            else
            {
                faults.Add($"{ImagesOptions.Section}:AllowedHosts:{index}", "expected a host name such as images.example.com, with a port behind it where it is not the usual one, *.example.com or *");
            }
        }
    }

    private static IEnumerable<IPNetwork> ReadNetworks(ImagesOptions options, Faults faults)
    {
        for (var index = 0; index < options.AllowedNetworks.Count; index++)
        {
            if (IPNetwork.TryParse(options.AllowedNetworks[index], out var network))
            {
                yield return network;
            }
            else
            {
                faults.Add($"{ImagesOptions.Section}:AllowedNetworks:{index}", "expected a network such as 10.1.0.0/16 or fd00:1::/64");
            }
        }
    }
}
