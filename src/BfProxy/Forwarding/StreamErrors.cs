using System.Globalization;
using BfProxy.Routing;
using BfProxy.Transforms.Contract;
using Yarp.ReverseProxy.Forwarder;

namespace BfProxy.Forwarding;

/// <summary>The failures of an attempt that are not the provider's own words, each with its status.</summary>
internal static class StreamErrors
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public static BfError Draining() =>
        new() { Status = 503, Message = "server going away", Kind = BfErrorKind.Overloaded, RetryAfter = TimeSpan.FromSeconds(1) };

    public static BfError Abandoned() => new() { Status = 503, Message = "The channels of this stream cannot be reached", Kind = BfErrorKind.Server };

    public static BfError NodeGone() => new() { Status = 503, Message = "The node that ran this stream is gone", Kind = BfErrorKind.Server };

    public static BfError StoppedBeforeEnd() => new() { Status = 503, Message = "The call was stopped before it was finished", Kind = BfErrorKind.Server };

    public static BfError LostOnTheWay() => new() { Status = 502, Message = "Part of this answer was lost on its way", Kind = BfErrorKind.Truncated };

    public static BfError NoEndpoint(Provider provider) =>
        new() { Status = 503, Message = $"No route leads to provider '{provider.Name}'", Provider = provider.Name, Kind = BfErrorKind.Server };

    public static BfError Internal() => new() { Status = 500, Message = "The stream failed inside the proxy", Kind = BfErrorKind.Server };

    public static BfError NotAStream(Provider provider, string? mediaType) => new()
    {
        Status = 502,
        Message = $"Provider '{provider.Name}' answered with {Media(mediaType)} where {(mediaType is null ? "a content type was" : "something else was")} expected",
        Provider = provider.Name,
        Kind = BfErrorKind.Malformed,
    };

    public static BfError Compressed(Provider provider, string encoding) => new()
    {
        Status = 502,
        Message = $"Provider '{provider.Name}' answered with Content-Encoding {Media(encoding)} although none was accepted",
        Provider = provider.Name,
        Kind = BfErrorKind.Malformed,
    };

    /// <summary>Every destination of the provider failed too often to be asked now.</summary>
    public static BfError BreakerOpen(Provider provider, TimeSpan blocked) => new()
    {
        Status = 503,
        Message = $"Provider '{provider.Name}' failed too often and is not asked for a while",
        Provider = provider.Name,
        Kind = BfErrorKind.BreakerOpen,
        RetryAfter = blocked > Soon ? blocked : Soon,
    };

    /// <summary>Ended for a reason of ours. A provider that had refused is quoted, though a clock then cut its words short.</summary>
    public static BfError EndedBy(Provider provider, EndCause cause, BfError? refusal) => cause switch
    {
        EndCause.Stopped or EndCause.CallerGone => StoppedBeforeEnd(),
        EndCause.Draining => Draining(),
        EndCause.Abandoned => Abandoned(),
        _ => refusal ?? Clock(provider, cause),
    };

    private static BfError Clock(Provider provider, EndCause cause)
    {
        var timeouts = provider.Options.Timeouts;
        var (what, clock) = cause switch
        {
            EndCause.FirstToken => ("sent no content", timeouts.FirstToken),
            EndCause.Idle => ("sent nothing more", timeouts.Idle),
            _ => ("was not finished", timeouts.Total),
        };
        return TimedOut(provider, what, clock, cause.ToString());
    }

    /// <summary>What YARP's error says about an attempt that nobody of us ended.</summary>
    public static BfError FromForwarder(Provider provider, IForwarderErrorFeature? feature, int status)
    {
        if (feature is null)
        {
            // The pipeline answered by itself: no destination is available.
            return new BfError
            {
                Status = 503,
                Message = $"No healthy destination of provider '{provider.Name}' (status {status.ToString(CultureInfo.InvariantCulture)})",
                Provider = provider.Name,
                Kind = BfErrorKind.Overloaded,
            };
        }

        return feature.Error switch
        {
            ForwarderError.NoAvailableDestinations => FromForwarder(provider, feature: null, status),
            _ when IsConnectTimeout(feature.Exception) => TimedOut(provider, "did not accept a connection", provider.Options.Timeouts.Connect, "Connect"),
            ForwarderError.ResponseBodyDestination or ForwarderError.ResponseBodyCanceled => Cut(provider),
            _ => new BfError
            {
                Status = 502,
                Message = $"Provider '{provider.Name}' could not be reached{Cause(feature.Exception)}",
                Provider = provider.Name,
                Kind = BfErrorKind.Server,
            },
        };
    }

    public static BfError Cut(Provider provider) => new()
    {
        Status = 502,
        Message = $"Provider '{provider.Name}' cut its answer",
        Provider = provider.Name,
        Kind = BfErrorKind.Truncated,
    };

    private static BfError TimedOut(Provider provider, string what, TimeSpan clock, string name) => new()
    {
        Status = 504,
        Message = string.Create(CultureInfo.InvariantCulture, $"Provider '{provider.Name}' {what} within {clock.TotalSeconds:0.###} s ({name} clock)"),
        Provider = provider.Name,
        Kind = BfErrorKind.Timeout,
    };

    /// <summary>.NET's own word for what went wrong on the way: an operator is to tell DNS from TLS from a closed port.</summary>
    private static string Cause(Exception? exception) =>
        exception is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } request ? $" ({request.HttpRequestError})" : "";

    // SocketsHttpHandler reports its ConnectTimeout as a cancellation whose cause is a TimeoutException.
    private static bool IsConnectTimeout(Exception? exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is TimeoutException)
            {
                return true;
            }
        }

        return false;
    }

    private static string Media(string? value) => value is null ? "no content type" : value.Length > 64 ? value[..64] : value;
}
