namespace BfProxy.Security;

internal static partial class SecurityLog
{
    [LoggerMessage(200, LogLevel.Error, "A {Method} request failed inside the proxy")]
    public static partial void Unhandled(ILogger logger, Exception exception, string method);
}
