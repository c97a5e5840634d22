namespace BfProxy.Configuration;

internal static class ConfigurationSetup
{
    public static IServiceCollection AddSettingsReload(this IServiceCollection services) =>
        services.AddSingleton<SettingsReload>()
            .AddSettings(static (configuration, faults) => SettingsBinder.Bind<SurfacesOptions>(configuration.GetSection(SurfacesOptions.Section), faults));

    /// <summary>Adds a part of the configuration; rooms take <see cref="Settings{T}"/> and read its current state.</summary>
    public static IServiceCollection AddSettings<T>(this IServiceCollection services, Func<IConfiguration, Faults, T> read)
        where T : class => services.AddSettings(_ => read);

    /// <summary>The same, for a reader that needs something of the process, and for who must have each state before all others.</summary>
    public static IServiceCollection AddSettings<T>(this IServiceCollection services, Func<IServiceProvider, Func<IConfiguration, Faults, T>> read, Action<T>? use = null)
        where T : class =>
        services
            .AddSingleton(provider =>
            {
                var settings = new Settings<T>(read(provider));
                settings.Changed += () => use?.Invoke(settings.Current);
                return settings;
            })
            .AddSingleton<SettingsSection>(static provider => provider.GetRequiredService<Settings<T>>());
}
