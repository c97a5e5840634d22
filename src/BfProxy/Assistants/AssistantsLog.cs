namespace BfProxy.Assistants;

internal static partial class AssistantsLog
{
    [LoggerMessage(900, LogLevel.Warning, "What was said in a stopped or failed run could not be kept in its thread at provider {Provider}: {Status}")]
    public static partial void NotKept(ILogger logger, string provider, int status);

    [LoggerMessage(901, LogLevel.Warning, "The end of a run could not be written down")]
    public static partial void NotWritten(ILogger logger, Exception exception);

    [LoggerMessage(902, LogLevel.Information, "A thread at provider {Provider} had {Calls} calls without a result; each was given one")]
    public static partial void Repaired(ILogger logger, string provider, int calls);
}
