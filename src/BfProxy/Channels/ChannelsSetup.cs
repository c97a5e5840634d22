using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace BfProxy.Channels;

internal static class ChannelsSetup
{
    public static IServiceCollection AddChannels(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<ChannelsOptions>, ChannelsOptionsValidator>();
        services.AddOptions<ChannelsOptions>().Bind(configuration.GetSection(ChannelsOptions.Section)).ValidateOnStart();
        return services.AddSingleton(CreateHub);
    }

    private static ChannelHub CreateHub(IServiceProvider services)
    {
        var monitor = services.GetRequiredService<IOptionsMonitor<ChannelsOptions>>();
        var hub = new ChannelHub(monitor.CurrentValue, services.GetRequiredService<TimeProvider>());
        monitor.OnChange(hub.Configure);
        return hub;
    }
}
