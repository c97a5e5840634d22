namespace BfProxy.Configuration;

internal static class ConfigurationSetup
{
    public static IServiceCollection AddSettingsReload(this IServiceCollection services) =>
        services.AddSingleton<SettingsReload>()
            .AddSettings(static (configuration, faults) => SettingsBinder.Bind<SurfacesOptions>(configuration.GetSection(SurfacesOptions.Section), faults));

    /// <summary>Adds a part of the configuration; rooms take <see cref="Settings{T}"/> and read its current state.</summary>
    public static IServiceCollection AddSettings<T>(this IServiceCollection services, Func<IConfiguration, Faults, T> read)
        where T : class => services.AddSettings(_ => read);

    /// <summary>The same, for a reader that needs something of the process.</summary>
    public static IServiceCollection AddSettings<T>(this IServiceCollection services, Func<IServiceProvider, Func<IConfiguration, Faults, T>> read)
        where T : class =>
        services
            .AddSingleton(provider => new Settings<T>(read(provider)))
            .AddSingleton<SettingsSection>(static provider => provider.GetRequiredService<Settings<T>>());
}
