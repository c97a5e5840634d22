using BfProxy.Configuration;
using Yarp.ReverseProxy.Configuration;

namespace BfProxy.Routing;

/// <summary>Has YARP look at its own section before it is used, so that its faults stand in one list with ours.</summary>
internal static class ProxyConfigCheck
{
    public static async Task RunAsync(IServiceProvider services, Faults faults)
    {
        var validator = services.GetRequiredService<IConfigValidator>();
        foreach (var provider in services.GetServices<IProxyConfigProvider>().Where(provider => provider is not ProviderRoutes))
        {
            var config = provider.GetConfig();
            foreach (var cluster in config.Clusters)
            {
                Add(faults, $"ReverseProxy:Clusters:{cluster.ClusterId}", await validator.ValidateClusterAsync(cluster));
            }

            foreach (var route in config.Routes)
            {
                Add(faults, $"ReverseProxy:Routes:{route.RouteId}", await validator.ValidateRouteAsync(route));
            }
        }
    }

    private static void Add(Faults faults, string key, IList<Exception> found)
    {
        foreach (var fault in found)
        {
            faults.Add(key, fault.Message);
        }
    }
}
