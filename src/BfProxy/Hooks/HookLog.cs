namespace BfProxy.Hooks;

internal static partial class HookLog
{
    [LoggerMessage(300, LogLevel.Warning, "A call to the {Kind} hook of app {App} failed after {Milliseconds} ms: {Failure} (status {Status})")]
    public static partial void Failed(ILogger logger, string app, HookKind kind, HookFailure failure, int status, long milliseconds);

    [LoggerMessage(301, LogLevel.Warning, "{Dropped} messages for the hook of app {App} were dropped: too many wait for it")]
    public static partial void Dropped(ILogger logger, string app, long dropped);

    [LoggerMessage(302, LogLevel.Error, "A message for the hook of app {App} failed inside the proxy")]
    public static partial void Broken(ILogger logger, Exception exception, string app);
}
