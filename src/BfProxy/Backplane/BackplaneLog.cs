namespace BfProxy.Backplane;

internal static partial class BackplaneLog
{
    public static void Changed(ILogger logger, bool isAway)
    {
        if (isAway)
        {
            Away(logger);
        }
        else
        {
            Back(logger);
        }
    }

    [LoggerMessage(500, LogLevel.Warning, "Redis does not answer: this node goes on alone")]
    private static partial void Away(ILogger logger);

    [LoggerMessage(501, LogLevel.Warning, "Redis answers again")]
    private static partial void Back(ILogger logger);

    [LoggerMessage(503, LogLevel.Error, "Redis refused a command: {Words}")]
    public static partial void Refused(ILogger logger, string words);

    [LoggerMessage(502, LogLevel.Error, "A message of kind {Kind} from another node failed inside the proxy")]
    public static partial void Broken(ILogger logger, Exception exception, string kind);

    [LoggerMessage(504, LogLevel.Error, "This node could not be written down for the others; it tries again")]
    public static partial void NotWrittenDown(ILogger logger, Exception exception);
}
