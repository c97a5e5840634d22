using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Model;

namespace BfProxy.Routing;

/// <summary>The endpoints that YARP mapped for our provider routes, by route; looked up anew whenever YARP replaces them.</summary>
internal sealed class ProviderEndpoints : IDisposable
{
    private readonly EndpointDataSource _endpoints;
    private readonly IDisposable _registration;
    private volatile FrozenDictionary<string, Endpoint> _byRoute = FrozenDictionary<string, Endpoint>.Empty;

    public ProviderEndpoints(EndpointDataSource endpoints)
    {
        _endpoints = endpoints;
        _registration = ChangeToken.OnChange(endpoints.GetChangeToken, Refresh);
        Refresh();
    }

    /// <summary>The endpoint that leads to a provider, or null where YARP has none (its configuration was refused).</summary>
    public Endpoint? Find(Provider provider) => _byRoute.GetValueOrDefault(provider.RouteId);

    /// <summary>The endpoint that leads to the cluster of an app's portal, or null where YARP has none.</summary>
    public Endpoint? FindPortal(string cluster) => _byRoute.GetValueOrDefault(ProviderRoutes.PortalRouteId(cluster));

    public void Dispose() => _registration.Dispose();

    private void Refresh() =>
        _byRoute = _endpoints.Endpoints
            .Where(endpoint => endpoint.Metadata.GetMetadata<RouteModel>()?.Config.Metadata?.ContainsKey(ProviderRoutes.ProviderKey) == true)
            .ToFrozenDictionary(endpoint => endpoint.Metadata.GetMetadata<RouteModel>()!.Config.RouteId, StringComparer.Ordinal);
}
