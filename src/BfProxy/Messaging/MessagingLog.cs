namespace BfProxy.Messaging;

internal static partial class MessagingLog
{
    [LoggerMessage(700, LogLevel.Error, "The users' channels could not be read anew after the shared state was back")]
    public static partial void NotReadAnew(ILogger logger, Exception exception);
}
