using System.Diagnostics.CodeAnalysis;
using BfProxy.Configuration;
using BfProxy.Security;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;

namespace BfProxy.Routing;

/// <summary>
/// The routes by which we ourselves reach the providers, made in code from <c>BfProxy:Providers</c>, and the portals of apps that deliver to BetterForms.
/// None of them can be matched from outside.
/// </summary>
internal sealed class ProviderRoutes : IProxyConfigProvider, IDisposable
{
    /// <summary>Route metadata that marks a route as ours and names its provider or portal.</summary>
    public const string ProviderKey = "BfProxy.Provider";

    private readonly Settings<ProviderCatalog> _providers;
    private readonly Settings<AppCatalog> _apps;
    private volatile Snapshot? _snapshot;

    public ProviderRoutes(Settings<ProviderCatalog> providers, Settings<AppCatalog> apps)
    {
        _providers = providers;
        _apps = apps;
        providers.Changed += Swap;
        apps.Changed += Swap;
    }

    /// <summary>Name of the route that leads to a portal's cluster.</summary>
    public static string PortalRouteId(string cluster) => "bfproxy-portal-" + cluster.ToLowerInvariant();

    public IProxyConfig GetConfig() => _snapshot ??= new Snapshot(_providers.Current, _apps.Current);

    public void Dispose()
    {
        _providers.Changed -= Swap;
        _apps.Changed -= Swap;
    }

    private void Swap()
    {
        var old = _snapshot;
        _snapshot = new Snapshot(_providers.Current, _apps.Current);
        old?.SignalChange();
    }

    [SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A late reload may still cancel the source; without a timer it holds nothing.")]
    private sealed class Snapshot : IProxyConfig
    {
        private readonly CancellationTokenSource _changed = new();

        public Snapshot(ProviderCatalog catalog, AppCatalog apps)
        {
            var portals = apps.All.Where(app => app.Delivery is not DeliveryMode.Channels).Select(app => app.Portal).Distinct(StringComparer.OrdinalIgnoreCase);
            Routes =
            [
                .. catalog.All.Select(provider => RouteOf(provider.RouteId, provider.Cluster, provider.Name)),
                .. portals.Select(cluster => RouteOf(PortalRouteId(cluster), cluster, cluster)),
            ];
            ChangeToken = new CancellationChangeToken(_changed.Token);
        }

        public IReadOnlyList<RouteConfig> Routes { get; }

        public IReadOnlyList<ClusterConfig> Clusters => [];

        public IChangeToken ChangeToken { get; }

        public void SignalChange() => _changed.Cancel();

        private static RouteConfig RouteOf(string id, string cluster, string name) => new()
        {
            RouteId = id,
            ClusterId = cluster,
            Match = new RouteMatch { Path = "/{**path}" },
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [ProviderKey] = name },
            Transforms =
            [
                new Dictionary<string, string>(StringComparer.Ordinal) { ["X-Forwarded"] = "Off" },
                new Dictionary<string, string>(StringComparer.Ordinal) { ["ResponseHeadersCopy"] = "false" },
                new Dictionary<string, string>(StringComparer.Ordinal) { ["ResponseTrailersCopy"] = "false" },
            ],
        };
    }
}
