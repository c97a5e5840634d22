using System.Collections.Immutable;
using System.Globalization;
using BfProxy.Configuration;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace BfProxy.Routing;

/// <summary>Prepares the clusters that providers use: YARP's own activity clock off (ours decide), the connect clock in the metadata so that a reload rebuilds the client.</summary>
internal sealed class ProviderClusterFilter(Settings<ProviderCatalog> providers) : IProxyConfigFilter
{
    /// <summary>Cluster metadata that carries the connect timeout, in milliseconds; its presence marks a provider's cluster.</summary>
    public const string ConnectKey = "BfProxy.ConnectMilliseconds";

    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel)
    {
        var users = providers.Current.All.Where(p => string.Equals(p.Cluster, cluster.ClusterId, StringComparison.OrdinalIgnoreCase)).ToList();
        if (users.Count == 0)
        {
            return ValueTask.FromResult(cluster);
        }

        var connect = users.Min(p => p.Options.Timeouts.Connect).TotalMilliseconds;
        var metadata = new Dictionary<string, string>(cluster.Metadata ?? ImmutableDictionary<string, string>.Empty, StringComparer.OrdinalIgnoreCase)
        {
            [ConnectKey] = connect.ToString(CultureInfo.InvariantCulture),
        };
        var request = (cluster.HttpRequest ?? ForwarderRequestConfig.Empty) with { ActivityTimeout = Timeout.InfiniteTimeSpan };
        return ValueTask.FromResult(cluster with { Metadata = metadata, HttpRequest = request });
    }

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => ValueTask.FromResult(route);
}
