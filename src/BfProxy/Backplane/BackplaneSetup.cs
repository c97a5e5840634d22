using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BfProxy.Backplane;

internal static class BackplaneSetup
{
    public static IServiceCollection AddBackplane(this IServiceCollection services)
    {
        services.TryAddSingleton<IStateStore, MemoryStateStore>();
        services.TryAddSingleton<INodeBus, LocalBus>();
        return services;
    }
}
