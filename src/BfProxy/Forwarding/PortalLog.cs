namespace BfProxy.Forwarding;

internal static partial class PortalLog
{
    [LoggerMessage(450, LogLevel.Warning, "A stream of app {App} lost an event on its way to BetterForms ({Failure}); more losses of this stream are only counted")]
    public static partial void Lost(ILogger logger, string app, PortalFailure failure);

    [LoggerMessage(451, LogLevel.Error, "The delivery to BetterForms for app {App} failed inside the proxy")]
    public static partial void Broken(ILogger logger, Exception exception, string app);
}
