using BfProxy.Transforms.Contract;

namespace BfProxy.Sessions;

internal static partial class SessionsLog
{
    [LoggerMessage(800, LogLevel.Warning, "Bot {Bot} could not ask its provider: {Status} ({Kind}) {Message}")]
    public static partial void NotAsked(ILogger logger, string bot, int status, BfErrorKind kind, string message);

    [LoggerMessage(801, LogLevel.Warning, "The model of bot {Bot} answered without a word; its visitor got the fallback text")]
    public static partial void Empty(ILogger logger, string bot);

    [LoggerMessage(802, LogLevel.Warning, "An answer of bot {Bot} could not be kept; the model will not remember it")]
    public static partial void NotKept(ILogger logger, Exception exception, string bot);

    [LoggerMessage(803, LogLevel.Information, "The widget of bot {Bot} reports {Count} log(s)")]
    public static partial void ClientLogs(ILogger logger, string bot, int count);

    [LoggerMessage(804, LogLevel.Error, "An answer could not be told to the node that shows it")]
    public static partial void NotRelayed(ILogger logger, Exception exception);
}
