using System.Globalization;
using BfProxy.Backplane;
using BfProxy.Configuration;
using BfProxy.Security;
using BfProxy.Transforms.Contract;

namespace BfProxy.Limits;

/// <summary>
/// Bounds what each app asks of models: requests and tokens a minute, and answers under way, over all nodes. A minute begins with its first
/// request. While the shared store is away, each node grants the whole limit by itself: a lost Redis refuses nobody.
/// </summary>
internal sealed class StreamLimits(Settings<AppCatalog> apps, ILimitStore store, Places places, TimeProvider time, ILogger<StreamLimits> logger)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>An answer may end at any moment.</summary>
    private static readonly TimeSpan AfterStreams = TimeSpan.FromSeconds(1);

    private readonly MemoryLimitStore _alone = new(time);

    /// <summary>Asks for a stream. What was let in is given back by <see cref="LeaveAsync"/>.</summary>
    public ValueTask<StreamAdmission> AdmitAsync(string app, string streamId, CancellationToken cancellationToken) =>
        apps.Current.FindByName(app)?.Limits is { Any: true } limits ? AdmitAsync(app, limits, streamId, cancellationToken) : default;

    /// <summary>The stream is over.</summary>
    public async ValueTask LeaveAsync(StreamAdmission admission, CountedUsage? usage)
    {
        if (admission is not { App: { } app, StreamId: { } streamId })
        {
            return;
        }

        await places.LeaveAsync(StreamsKey(app), streamId);
        if (usage is { Usage: var spent })
        {
            await AddAsync(TokensKey(app), spent.PromptTokens + spent.CompletionTokens, CancellationToken.None);
        }
    }

    private static string RequestsKey(string app) => $"requests:{app}";

    private static string TokensKey(string app) => $"tokens:{app}";

    private static string StreamsKey(string app) => $"streams:{app}";

    private async ValueTask<StreamAdmission> AdmitAsync(string app, AppLimits limits, string streamId, CancellationToken cancellationToken)
    {
        if (limits.RequestsPerMinute is { } requests && await AddAsync(RequestsKey(app), 1, cancellationToken) is var asked && asked.Sum > requests)
        {
            return Refuse(app, nameof(limits.RequestsPerMinute), requests, "requests a minute", asked.Left);
        }

        // Nobody knows what an answer will cost: the one that passes the limit is finished, and the next has to wait.
        if (limits.TokensPerMinute is { } tokens && await AddAsync(TokensKey(app), 0, cancellationToken) is var spent && spent.Sum >= tokens)
        {
            return Refuse(app, nameof(limits.TokensPerMinute), tokens, "tokens a minute", spent.Left);
        }

        if (limits.ConcurrentStreams is { } streams && !await places.TryTakeAsync(StreamsKey(app), streamId, streams))
        {
            return Refuse(app, nameof(limits.ConcurrentStreams), streams, "answers at a time", AfterStreams);
        }

        return new StreamAdmission(app, streamId, null);
    }

    private async ValueTask<WindowSum> AddAsync(string key, long amount, CancellationToken cancellationToken)
    {
        try
        {
            return await store.AddAsync(key, amount, Window, cancellationToken);
        }
        catch (StateUnavailableException)
        {
            return await _alone.AddAsync(key, amount, Window, cancellationToken);
        }
    }

    private StreamAdmission Refuse(string app, string limit, int value, string what, TimeSpan left)
    {
        LimitsLog.Reached(logger, app, limit, value);
        var message = string.Create(CultureInfo.InvariantCulture, $"This app may have {value} {what} ({limit}); try again later");
        return new StreamAdmission(null, null, new BfError { Status = StatusCodes.Status429TooManyRequests, Message = message, RetryAfter = left, Kind = BfErrorKind.RateLimit });
    }
}
