using BfProxy.Configuration;
using Yarp.ReverseProxy.Configuration;

namespace BfProxy.Routing;

/// <summary>Reads <c>ReverseProxy</c>, has YARP look at it before it is used, and finds what YARP would only find at the first request.</summary>
internal sealed class ProxySettingsReader(IConfigValidator validator)
{
    private static readonly string[] KnownKeys = ["Clusters", "Routes"];

    public ProxySettings Read(IConfiguration configuration, Faults faults)
    {
        var section = configuration.GetSection(ProxySection.Name);
        foreach (var child in section.GetChildren().Where(child => !KnownKeys.Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
        {
            faults.Add(child.Path, $"unknown key; expected one of {string.Join(", ", KnownKeys)}");
        }

        var values = section.AsEnumerable().Where(pair => pair.Value is not null).ToDictionary(StringComparer.OrdinalIgnoreCase);
        if (Parse(values, faults) is { } config)
        {
            CheckClusters(config, faults);
            CheckRoutes(config, faults);
        }

        return new ProxySettings(values);
    }

    /// <summary>YARP's own reader of the section, which it shows to nobody, over a copy of it.</summary>
    private static IProxyConfig? Parse(Dictionary<string, string?> values, Faults faults)
    {
        var copy = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var services = new ServiceCollection();
        services.AddLogging().AddReverseProxy().LoadFromConfig(copy.GetSection(ProxySection.Name));
        using var provider = services.BuildServiceProvider();
        try
        {
            return provider.GetRequiredService<IProxyConfigProvider>().GetConfig();
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            // Values that do not convert.
            faults.Add(ProxySection.Name, exception.GetBaseException().Message);
            return null;
        }
    }

    private void CheckClusters(IProxyConfig config, Faults faults)
    {
        foreach (var cluster in config.Clusters)
        {
            var path = $"{ProxySection.Name}:Clusters:{cluster.ClusterId}";
            Add(faults, path, Now(validator.ValidateClusterAsync(cluster)));
            foreach (var (name, destination) in cluster.Destinations ?? new Dictionary<string, DestinationConfig>(StringComparer.Ordinal))
            {
                CheckAddress($"{path}:Destinations:{name}:Address", destination.Address, faults);
            }

            if (cluster.SessionAffinity is { Enabled: true } affinity && (string.IsNullOrEmpty(affinity.Policy) || affinity.Policy.Equals("HashCookie", StringComparison.OrdinalIgnoreCase)))
            {
                // The package behind that policy is left out on purpose.
                faults.Add($"{path}:SessionAffinity:Policy", "HashCookie (YARP's default) is not part of BfProxy; expected ArrCookie, Cookie or CustomHeader");
            }
        }
    }

    private void CheckRoutes(IProxyConfig config, Faults faults)
    {
        var clusters = config.Clusters.Select(cluster => cluster.ClusterId).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var route in config.Routes)
        {
            var path = $"{ProxySection.Name}:Routes:{route.RouteId}";
            Add(faults, path, Now(validator.ValidateRouteAsync(route)));
            if (route.ClusterId is not { Length: > 0 } cluster || !clusters.Contains(cluster))
            {
                faults.Add($"{path}:ClusterId", $"there is no cluster '{route.ClusterId}' in ReverseProxy:Clusters");
            }
        }
    }

    private static void CheckAddress(string path, string? address, Faults faults)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            faults.Add(path, $"'{address}' is not an absolute http or https URL, such as https://api.example.com/");
        }
    }

    /// <summary>YARP's validators complete at once, and a reload is nobody's request.</summary>
    private static IList<Exception> Now(ValueTask<IList<Exception>> validation) => validation.AsTask().GetAwaiter().GetResult();

    private static void Add(Faults faults, string key, IList<Exception> found)
    {
        foreach (var fault in found)
        {
            faults.Add(key, fault.Message);
        }
    }
}
