namespace BfProxy.Channels;

internal static partial class ChannelsLog
{
    [LoggerMessage(300, LogLevel.Error, "The channels' clock failed once; it goes on")]
    public static partial void TickFailed(ILogger logger, Exception exception);
}
