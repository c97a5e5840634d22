using BfProxy.Configuration;
using BfProxy.Telemetry;
using BfProxy.Transforms.Dialects;
using Yarp.ReverseProxy.Configuration;

namespace BfProxy.Routing;

internal static class RoutingSetup
{
    public static IReverseProxyBuilder AddProviderRouting(this IServiceCollection services)
    {
        var section = new ProxySection();
        services.AddSettings<ProxySettings>(static provider => new ProxySettingsReader(provider.GetRequiredService<IConfigValidator>()).Read, section.Replace);
        services.AddSettings<ProviderCatalog>(static provider => new ProviderCatalogReader(new DialectCatalog(provider.GetRequiredService<TimeProvider>())).Read);
        services.AddSingleton<IProxyConfigProvider, ProviderRoutes>();
        services.AddSingleton<ProviderEndpoints>();
        services.AddSingleton<BreakerMetrics>();
        services.AddSingleton<DestinationBreakers>();
        services.AddSingleton<DestinationStage>();
        return services.AddReverseProxy()
            .LoadFromConfig(new ConfigurationBuilder().Add(section).Build().GetSection(ProxySection.Name))
            .AddConfigFilter<ProviderClusterFilter>()
            .ConfigureHttpClient(ProviderHttpClient.Configure);
    }

    /// <summary>Maps YARP. The operator's routes face the world, ours do not.</summary>
    public static void MapProviderRouting(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapReverseProxy(Build).ConfigureEndpoints(static (conventions, route) =>
        {
            if (route.Metadata?.ContainsKey(ProviderRoutes.ProviderKey) == true)
            {
                conventions.WithMetadata(new SuppressMatchingMetadata());
            }
        });

    /// <summary>YARP's own pipeline, with our stages around its load balancing.</summary>
    private static void Build(IReverseProxyApplicationBuilder proxy)
    {
        var stage = proxy.ApplicationServices.GetRequiredService<DestinationStage>();
        proxy.UseSessionAffinity();
        proxy.Use(stage.OfferAsync);
        proxy.UseLoadBalancing();
        proxy.UsePassiveHealthChecks();
        proxy.Use(stage.AskAsync);
    }
}
