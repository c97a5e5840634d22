namespace BfProxy.Routing;

internal static partial class RoutingLog
{
    [LoggerMessage(430, LogLevel.Warning, "Destination {Destination} of provider {Provider} failed too often and is not asked for {Seconds} s")]
    public static partial void Opened(ILogger logger, string provider, string destination, double seconds);

    [LoggerMessage(431, LogLevel.Information, "Destination {Destination} of provider {Provider} is probed by one attempt")]
    public static partial void Probed(ILogger logger, string provider, string destination);

    [LoggerMessage(432, LogLevel.Information, "Destination {Destination} of provider {Provider} answers again")]
    public static partial void Closed(ILogger logger, string provider, string destination);
}
