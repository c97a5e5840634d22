using BfProxy.Configuration;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;

namespace BfProxy.Routing;

/// <summary>The routes by which we ourselves reach the providers, made in code from <c>BfProxy:Providers</c>. None of them can be matched from outside.</summary>
internal sealed class ProviderRoutes : IProxyConfigProvider, IDisposable
{
    /// <summary>Route metadata that marks a route as ours and names its provider.</summary>
    public const string ProviderKey = "BfProxy.Provider";

    private readonly Settings<ProviderCatalog> _providers;
    private volatile Snapshot? _snapshot;

    public ProviderRoutes(Settings<ProviderCatalog> providers)
    {
        _providers = providers;
        providers.Changed += Swap;
    }

    public IProxyConfig GetConfig() => _snapshot ??= new Snapshot(_providers.Current);

    public void Dispose()
    {
        _providers.Changed -= Swap;
        _snapshot?.Dispose();
    }

    private void Swap()
    {
        var old = _snapshot;
        _snapshot = new Snapshot(_providers.Current);
        old?.SignalChange();
    }

    private sealed class Snapshot : IProxyConfig, IDisposable
    {
        private readonly CancellationTokenSource _changed = new();

        public Snapshot(ProviderCatalog catalog)
        {
            Routes = [.. catalog.All.Select(RouteOf)];
            ChangeToken = new CancellationChangeToken(_changed.Token);
        }

        public IReadOnlyList<RouteConfig> Routes { get; }

        public IReadOnlyList<ClusterConfig> Clusters => [];

        public IChangeToken ChangeToken { get; }

        public void SignalChange() => _changed.Cancel();

        public void Dispose() => _changed.Dispose();

        private static RouteConfig RouteOf(Provider provider) => new()
        {
            RouteId = provider.RouteId,
            ClusterId = provider.Cluster,
            Match = new RouteMatch { Path = "/{**path}" },
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [ProviderKey] = provider.Name },
            Transforms =
            [
                new Dictionary<string, string>(StringComparer.Ordinal) { ["X-Forwarded"] = "Off" },
                new Dictionary<string, string>(StringComparer.Ordinal) { ["ResponseHeadersCopy"] = "false" },
                new Dictionary<string, string>(StringComparer.Ordinal) { ["ResponseTrailersCopy"] = "false" },
            ],
        };
    }
}
