using BfProxy.Security.Images;
using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

internal static partial class StreamLog
{
    [LoggerMessage(400, LogLevel.Error, "A stream from provider {Provider} failed inside the proxy")]
    public static partial void Failed(ILogger logger, Exception exception, string provider);

    // YARP's own words on a failed attempt come with a stack trace and blame aborts of ours on the caller; ours stand in for them.
    [LoggerMessage(403, LogLevel.Warning, "Provider {Provider} failed a stream with {Status} ({Kind}) after {Milliseconds} ms: {Message}")]
    public static partial void ProviderFailed(ILogger logger, string provider, int status, BfErrorKind kind, long milliseconds, string message);

    [LoggerMessage(404, LogLevel.Information, "A stream from provider {Provider} was refused with {Status} ({Kind}): {Message}")]
    public static partial void Refused(ILogger logger, string provider, int status, BfErrorKind kind, string message);

    [LoggerMessage(420, LogLevel.Information, "Provider {Provider} failed an attempt before its first token with {Status} ({Kind}): {Message}; next: {Next}")]
    public static partial void AttemptFailed(ILogger logger, string provider, int status, BfErrorKind kind, string message, string next);

    [LoggerMessage(421, LogLevel.Information, "Provider {Provider} is passed over as a fallback: {Reason}")]
    public static partial void PassedOver(ILogger logger, string provider, string reason);

    [LoggerMessage(422, LogLevel.Information, "Provider {Provider} sent no content within {Seconds} s; provider {Other} is asked as well")]
    public static partial void Hedged(ILogger logger, string provider, double seconds, string other);

    [LoggerMessage(423, LogLevel.Information, "Provider {Provider} was slower than the other that was asked; its attempt is ended")]
    public static partial void Outrun(ILogger logger, string provider);

    [LoggerMessage(424, LogLevel.Warning, "Provider {Provider} failed in the middle of its answer with {Status} ({Kind}): {Message}; provider {Other} is to go on with it")]
    public static partial void WentOn(ILogger logger, string provider, int status, BfErrorKind kind, string message, string other);

    [LoggerMessage(405, LogLevel.Information, "App {App} streams to channel '{Channel}', which nobody may join: no pattern in its AnonymousChannels matches, and it has no TokenSecret for users; said once")]
    public static partial void Unheard(ILogger logger, string app, string channel);

    [LoggerMessage(406, LogLevel.Information, "An image or document for provider {Provider} was not fetched ({Failure})")]
    public static partial void ImageRefused(ILogger logger, string provider, ImageFailure failure);

    [LoggerMessage(401, LogLevel.Information, "Draining: no new streams; {Running} running ones have {Seconds} s to finish")]
    public static partial void Draining(ILogger logger, int running, double seconds);

    [LoggerMessage(402, LogLevel.Information, "Drained; {Ended} streams were ended by us")]
    public static partial void Drained(ILogger logger, int ended);
}
