using BfProxy.Backplane;
using BfProxy.Channels.Redis;
using BfProxy.Configuration;
using BfProxy.Telemetry;

namespace BfProxy.Channels;

internal static class ChannelsSetup
{
    /// <summary>Adds the channels. Their sockets are closed after the streams were drained, so this is to be called before the forwarding is added: hosted services stop in reverse.</summary>
    public static IServiceCollection AddChannels(this IServiceCollection services)
    {
        services
            .AddSettings(static (configuration, faults) => SettingsBinder.Bind(configuration.GetSection(ChannelsOptions.Section), faults, new ChannelsOptionsValidator()))
            .AddSingleton(CreateHub)
            .AddHostedService<ConnectionDrain>();
        if (!services.IsShared())
        {
            return services.AddSingleton<IChannelEngine>(static services => services.GetRequiredService<ChannelHub>());
        }

        // After the sockets' drain, so that it stops before it: what streams still have to say reaches their listeners.
        return services
            .AddSingleton<RedisMetrics>()
            .AddSingleton<RedisChannelEngine>()
            .AddSingleton<IChannelEngine>(static services => services.GetRequiredService<RedisChannelEngine>())
            .AddHostedService(static services => services.GetRequiredService<RedisChannelEngine>());
    }

    private static ChannelHub CreateHub(IServiceProvider services)
    {
        var settings = services.GetRequiredService<Settings<ChannelsOptions>>();
        var hub = new ChannelHub(settings.Current, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<ChannelHub>>());
        var metrics = services.GetRequiredService<ChannelMetrics>();
        metrics.Observe(() => hub.Connections.Count, () => hub.ChannelCount);
        hub.Connections.Removed = connection => metrics.Ended(connection.End?.Code ?? 0);
        settings.Changed += () => hub.Configure(settings.Current);
        return hub;
    }
}
