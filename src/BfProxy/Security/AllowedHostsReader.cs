using BfProxy.Configuration;

namespace BfProxy.Security;

internal static class AllowedHostsReader
{
    private const string AnySubdomain = "*.";

    public static AllowedHosts Read(IConfiguration configuration, Faults faults)
    {
        var names = configuration[AllowedHosts.Key]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        foreach (var name in names.Where(static name => !IsHost(name)))
        {
            faults.Add(AllowedHosts.Key, $"'{name}' is not a host name (no scheme, no port)");
        }

        return names is [] ? new AllowedHosts() : new AllowedHosts { Names = names };
    }

    private static bool IsHost(string name) =>
        name == "*" || Uri.CheckHostName(name.StartsWith(AnySubdomain, StringComparison.Ordinal) ? name[AnySubdomain.Length..] : name) != UriHostNameType.Unknown;
}
