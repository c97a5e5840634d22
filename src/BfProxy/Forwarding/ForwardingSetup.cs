using BfProxy.Configuration;
using BfProxy.Resilience;
using BfProxy.Routing;
using BfProxy.Security.Images;
using BfProxy.Telemetry;
using Yarp.ReverseProxy.Transforms;

namespace BfProxy.Forwarding;

internal static class ForwardingSetup
{
    /// <summary>What the host has left after the drain, to close sockets and listeners.</summary>
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(5);

    public static IServiceCollection AddForwarding(this IServiceCollection services)
    {
        services.AddSettings(ReadOptions);
        services.AddSingleton<StreamPipelines>();
        services.AddSingleton<RetryPipelines>();
        services.AddSingleton<StreamDependencies>();
        services.AddSingleton<RunningStreams>();
        services.AddSingleton<StreamStops>();
        services.AddHostedService(static provider => provider.GetRequiredService<StreamStops>());
        services.AddSingleton<CallFactory>();
        services.AddImages();
        services.AddSingleton<RequestImages>();
        services.AddSingleton<ProviderExchange>();
        services.AddSingleton<UnheardChannels>();
        services.AddSingleton<StreamDeliveries>();
        services.AddSingleton<PortalMetrics>();
        services.AddSingleton<PortalClient>();
        services.AddSingleton<PortalDeliveries>();
        services.AddOptions<HostOptions>().Configure<IConfiguration>(static (host, configuration) =>
            host.ShutdownTimeout = ReadOptions(configuration, new Faults()).DrainTimeout + AfterDrain);
        services.AddHostedService(provider => provider.GetRequiredService<RunningStreams>());
        services.AddHostedService<OrphanedDeliveries>();
        return services.AddHostedService(provider => provider.GetRequiredService<PortalDeliveries>());
    }

    /// <summary>Taps the headers of provider responses: the only thing our transform does. The body comes to the attempt by itself.</summary>
    public static IReverseProxyBuilder TapProviderResponses(this IReverseProxyBuilder proxy) =>
        proxy.AddTransforms(static builder =>
        {
            if (builder.Route.Metadata?.ContainsKey(ProviderRoutes.ProviderKey) == true)
            {
                builder.AddResponseTransform(static context =>
                {
                    if (context.ProxyResponse is { } response)
                    {
                        context.HttpContext.Features.Get<Attempt>()?.Headers(response);
                    }

                    return ValueTask.CompletedTask;
                });
            }
        });

    private static ForwardingOptions ReadOptions(IConfiguration configuration, Faults faults)
    {
        var text = configuration["BfProxy:DrainTimeout"];
        if (string.IsNullOrEmpty(text))
        {
            return new ForwardingOptions();
        }

        if (!TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var timeout) || timeout < TimeSpan.Zero || timeout > TimeSpan.FromHours(1))
        {
            faults.Add("BfProxy:DrainTimeout", $"'{text}' is not a time between 00:00:00 and 01:00:00; expected hh:mm:ss");
        }

        return new ForwardingOptions { DrainTimeout = timeout };
    }
}
