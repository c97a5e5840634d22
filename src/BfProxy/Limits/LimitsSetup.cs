namespace BfProxy.Limits;

internal static class LimitsSetup
{
    public static IServiceCollection AddLimits(this IServiceCollection services) =>
        services.AddSingleton<StreamLimits>()
            .AddSingleton<Places>()
            .AddHostedService(static provider => provider.GetRequiredService<Places>());
}
