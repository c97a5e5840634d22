namespace BfProxy.Backplane;

internal static class BackplaneSetup
{
    public static IServiceCollection AddBackplane(this IServiceCollection services) =>
        services.AddSingleton<IStateStore, MemoryStateStore>().AddSingleton<INodeBus, LocalBus>();
}
