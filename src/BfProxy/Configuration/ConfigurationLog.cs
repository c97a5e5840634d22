namespace BfProxy.Configuration;

internal static partial class ConfigurationLog
{
    [LoggerMessage(100, LogLevel.Error, "The changed configuration has {Count} fault(s) and is not used; the last good one stays: {Faults}")]
    public static partial void ReloadRefused(ILogger logger, int count, string faults);

    [LoggerMessage(101, LogLevel.Information, "The configuration was reloaded")]
    public static partial void Reloaded(ILogger logger);
}
