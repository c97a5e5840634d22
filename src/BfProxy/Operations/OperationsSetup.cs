using BfProxy.Backplane;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Operations.OpenApi;
using BfProxy.Routing;
using Yarp.ReverseProxy;

namespace BfProxy.Operations;

internal static class OperationsSetup
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapOperations(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi();
        endpoints.MapMethods("/health/live", Methods, static () => Results.Json(new Health("live")));
        endpoints.MapMethods("/health/ready", Methods, static (RunningStreams streams, Settings<ProviderCatalog> providers, IProxyStateLookup proxy, IStateStore store) =>
        {
            var reason = streams.IsDraining ? "draining" : AnyUsable(providers.Current, proxy) ? null : "no usable provider";
            return reason is null ? Results.Json(new Health(store.IsAway ? "degraded" : "ready")) : Results.Json(new Health(reason), statusCode: StatusCodes.Status503ServiceUnavailable);
        });
    }

    private static bool AnyUsable(ProviderCatalog providers, IProxyStateLookup proxy) =>
        providers.All.Any(provider => proxy.TryGetCluster(provider.Cluster, out var cluster) && cluster.DestinationsState.AvailableDestinations.Count > 0);

    private sealed record Health(string Status);
}
