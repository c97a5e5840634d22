namespace BfProxy.Security;

internal static partial class SecurityLog
{
    [LoggerMessage(200, LogLevel.Error, "A {Method} request failed inside the proxy")]
    public static partial void Unhandled(ILogger logger, Exception exception, string method);

    [LoggerMessage(201, LogLevel.Warning, "No app is configured, so every request will be refused: give one a key in BfProxy:Apps:<name>:ApiKeys")]
    public static partial void NoApps(ILogger logger);
}
