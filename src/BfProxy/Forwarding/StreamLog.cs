namespace BfProxy.Forwarding;

internal static partial class StreamLog
{
    [LoggerMessage(400, LogLevel.Error, "A stream from provider {Provider} failed inside the proxy")]
    public static partial void Failed(ILogger logger, Exception exception, string provider);

    [LoggerMessage(401, LogLevel.Information, "Draining: no new streams; {Running} running ones have {Seconds} s to finish")]
    public static partial void Draining(ILogger logger, int running, double seconds);

    [LoggerMessage(402, LogLevel.Information, "Drained; {Ended} streams were ended by us")]
    public static partial void Drained(ILogger logger, int ended);
}
