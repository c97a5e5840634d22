namespace BfProxy.Limits;

internal static partial class LimitsLog
{
    [LoggerMessage(1000, LogLevel.Information, "App {App} has reached its {Limit} of {Value}")]
    public static partial void Reached(ILogger logger, string app, string limit, int value);

    [LoggerMessage(1001, LogLevel.Error, "Places could not be renewed; this node tries again")]
    public static partial void NotRenewed(ILogger logger, Exception exception);
}
