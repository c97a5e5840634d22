namespace BfProxy.Channels;

internal static partial class ChannelsLog
{
    [LoggerMessage(600, LogLevel.Error, "The channels' clock failed once; it goes on")]
    public static partial void TickFailed(ILogger logger, Exception exception);

    [LoggerMessage(601, LogLevel.Error, "A stream's way to a channel failed inside the proxy")]
    public static partial void LaneFailed(ILogger logger, Exception exception);
}
