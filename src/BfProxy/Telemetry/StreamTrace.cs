using System.Diagnostics;
using System.Globalization;
using BfProxy.Transforms.Contract;

namespace BfProxy.Telemetry;

/// <summary>
/// The trace of one stream, which outlives the request's: a root span with the envelope, the attempts, the first token and the end.
/// Used by the stream's own flow only. Names of callers' making, such as models that nobody configured, are shown once a provider has accepted them.
/// </summary>
internal sealed class StreamTrace : IDisposable
{
    private const string Operation = "chat";
    private const string FirstTokenEvent = "first token";

    private readonly Activity _stream;
    private int _attempts;

    private StreamTrace(Activity stream) => _stream = stream;

    /// <summary>Begins the trace; null where nobody listens.</summary>
    /// <param name="origin">The request that started the stream.</param>
    /// <param name="app">The app's name.</param>
    /// <param name="target">Who is asked first.</param>
    /// <param name="requestBytes">Length of the provider's request.</param>
    public static StreamTrace? Begin(StreamOrigin? origin, string app, in StreamTarget target, long requestBytes)
    {
        var links = origin is { } request ? [new ActivityLink(request.Context)] : Array.Empty<ActivityLink>();
        var stream = StreamMetrics.Activities.StartActivity(ActivityKind.Client, default(ActivityContext), links: links, startTime: origin?.Arrived ?? default, name: $"{Operation} {target.ShownModel}");
        if (stream is null)
        {
            return null;
        }

        stream.SetTag("gen_ai.operation.name", Operation).SetTag("bfproxy.app", app);
        Describe(stream, target);
        StreamMetrics.Activities.StartActivity(ActivityKind.Internal, stream.Context, startTime: new DateTimeOffset(stream.StartTimeUtc), name: "envelope")?.SetTag("bfproxy.request.bytes", requestBytes).Dispose();
        return new StreamTrace(stream);
    }

    /// <summary>An attempt at a provider begins. Dispose it when its response is over.</summary>
    public Activity? Attempt(in StreamTarget target)
    {
        var number = Interlocked.Increment(ref _attempts);
        var attempt = StreamMetrics.Activities.StartActivity("attempt", ActivityKind.Client);
        attempt?.SetTag("bfproxy.attempt", number);
        if (attempt is not null)
        {
            Describe(attempt, target);
        }

        return attempt;
    }

    /// <summary>The provider's headers arrived.</summary>
    public static void Status(Activity attempt, int status)
    {
        attempt.SetTag("http.response.status_code", status);
        if (status >= 400)
        {
            attempt.SetTag("error.type", Text(status)).SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>Where the attempt went; nowhere, where the breakers of all destinations are open.</summary>
    public static void Destination(Activity attempt, string? destination, bool isBlocked)
    {
        attempt.SetTag("bfproxy.destination", destination);
        if (isBlocked)
        {
            attempt.SetTag("error.type", "breaker_open").SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>The first content of the answer arrived.</summary>
    public void FirstToken(Activity? attempt)
    {
        _stream.AddEvent(new ActivityEvent(FirstTokenEvent));
        attempt?.AddEvent(new ActivityEvent(FirstTokenEvent));
    }

    /// <summary>An attempt failed before anything of it was seen.</summary>
    /// <param name="target">Who was asked.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="next">What may follow it.</param>
    public void AttemptFailed(in StreamTarget target, BfError error, string next) => _stream.AddEvent(new ActivityEvent("bfproxy.attempt.failed", tags: new ActivityTagsCollection
    {
        ["gen_ai.provider.name"] = target.ProviderName,
        ["bfproxy.provider"] = target.Provider,
        ["gen_ai.request.model"] = target.ShownModel,
        ["error.type"] = error.Kind.ToString(),
        ["http.response.status_code"] = error.ProviderStatus ?? error.Status,
        ["bfproxy.attempt.next"] = next,
    }));

    /// <summary>Another provider is asked as well, because the first keeps its first token for too long.</summary>
    public void Hedged(in StreamTarget target) => _stream.AddEvent(new ActivityEvent("bfproxy.hedged", tags: new ActivityTagsCollection
    {
        ["gen_ai.provider.name"] = target.ProviderName,
        ["bfproxy.provider"] = target.Provider,
        ["gen_ai.request.model"] = target.ShownModel,
    }));

    /// <summary>A fallback could not be asked.</summary>
    public void PassedOver(string provider, string reason) =>
        _stream.AddEvent(new ActivityEvent("bfproxy.fallback.passed_over", tags: new ActivityTagsCollection { ["bfproxy.provider"] = provider, ["bfproxy.reason"] = reason }));

    /// <summary>The stream is over.</summary>
    /// <param name="summary">What it amounted to.</param>
    /// <param name="target">Who answered, or was asked last.</param>
    /// <param name="accepted">Whether a provider accepted.</param>
    /// <param name="end">Why it ended, in one word.</param>
    public void End(in StreamSummary summary, in StreamTarget target, bool accepted, string end)
    {
        Describe(_stream, target);
        _stream.SetTag("bfproxy.attempts", _attempts);
        if (accepted)
        {
            _stream.SetTag("gen_ai.response.model", target.Model);
        }

        if (summary.Usage is { } counted)
        {
            _stream.SetTag("gen_ai.usage.input_tokens", counted.Usage.PromptTokens).SetTag("gen_ai.usage.output_tokens", counted.Usage.CompletionTokens);
        }

        if (summary.ErrorStatus is { } status)
        {
            _stream.SetTag("error.type", Text(status)).SetStatus(ActivityStatusCode.Error);
        }

        _stream.AddEvent(new ActivityEvent("end", tags: new ActivityTagsCollection { ["bfproxy.end"] = end }));
    }

    public void Dispose() => _stream.Dispose();

    private static void Describe(Activity activity, in StreamTarget target) =>
        activity.SetTag("gen_ai.provider.name", target.ProviderName).SetTag("bfproxy.provider", target.Provider).SetTag("gen_ai.request.model", target.ShownModel);

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
