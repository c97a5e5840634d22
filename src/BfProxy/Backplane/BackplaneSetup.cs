using BfProxy.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BfProxy.Backplane;

internal static class BackplaneSetup
{
    /// <summary>Adds what nodes share: through Redis where one is configured at start, else within this process.</summary>
    public static IServiceCollection AddBackplane(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings(static (configuration, faults) => Read(configuration, faults));
        services.AddSingleton<NodeDirectory>();
        if (Read(configuration, new Faults()).Redis is not { Length: > 0 } connection)
        {
            services.TryAddSingleton<IStateStore, MemoryStateStore>();
            services.TryAddSingleton<INodeBus, LocalBus>();
            services.TryAddSingleton<ILimitStore, MemoryLimitStore>();
            return services.AddHostedService(static provider => provider.GetRequiredService<NodeDirectory>());
        }

        return services
            .AddSingleton(provider => new RedisLink(connection, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RedisLink>>()))
            .AddSingleton<IStateStore, RedisStateStore>()
            .AddSingleton<ILimitStore, RedisLimitStore>()
            .AddSingleton<RedisBus>()
            .AddSingleton<INodeBus>(static provider => provider.GetRequiredService<RedisBus>())
            .AddHostedService(static provider => provider.GetRequiredService<RedisBus>())
            .AddHostedService(static provider => provider.GetRequiredService<NodeDirectory>());
    }

    /// <summary>Whether the nodes are joined by Redis; the channels then are too.</summary>
    public static bool IsShared(this IServiceCollection services) => services.Any(static service => service.ServiceType == typeof(RedisLink));

    private static BackplaneOptions Read(IConfiguration configuration, Faults faults) =>
        SettingsBinder.Bind(configuration.GetSection(BackplaneOptions.Section), faults, new BackplaneOptionsValidator());
}
