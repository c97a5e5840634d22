namespace BfProxy.Configuration;

internal static partial class ConfigurationLog
{
    [LoggerMessage(100, LogLevel.Error, "The changed configuration has {Count} fault(s) and is not used; the last good one stays: {Faults}")]
    public static partial void ReloadRefused(ILogger logger, int count, string faults);

    [LoggerMessage(101, LogLevel.Information, "The configuration was reloaded")]
    public static partial void Reloaded(ILogger logger);

    [LoggerMessage(102, LogLevel.Information, "Configuration: {Files}")]
    public static partial void Files(ILogger logger, string files);

    [LoggerMessage(103, LogLevel.Warning, "BfProxy:Surfaces changed; surfaces are switched on and off at the next start")]
    public static partial void SurfacesNeedRestart(ILogger logger);
}
