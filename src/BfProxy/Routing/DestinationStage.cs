using BfProxy.Resilience;
using BfProxy.Telemetry;
using Yarp.ReverseProxy.Model;

namespace BfProxy.Routing;

/// <summary>Two stages of YARP's pipeline around its load balancing: the first offers the destinations that may be asked, the second asks the chosen one under its breaker.</summary>
internal sealed class DestinationStage(DestinationBreakers breakers, BreakerMetrics metrics)
{
    /// <summary>Leaves out the destinations whose breaker is open and, where there are others, those where the stream has failed before.</summary>
    public Task OfferAsync(HttpContext context, RequestDelegate next) =>
        context.Features.Get<DestinationChoice>() is { } choice ? OfferAsync(choice, context, next) : next(context);

    /// <summary>Asks the one destination that was chosen.</summary>
    public Task AskAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<DestinationChoice>() is not { } choice || context.GetReverseProxyFeature().AvailableDestinations is not [var destination])
        {
            return next(context);
        }

        choice.Destination = destination;
        return breakers.Find(choice.Provider, destination) is { } breaker ? AskAsync(breaker, choice, context, next) : next(context);
    }

    private async Task OfferAsync(DestinationChoice choice, HttpContext context, RequestDelegate next)
    {
        var feature = context.GetReverseProxyFeature();
        var healthy = feature.AvailableDestinations;
        var turnedAway = 0;
        do
        {
            turnedAway = choice.TurnedAway?.Count ?? 0;
            var askable = healthy.Where(destination => IsAskable(choice, destination)).ToList();
            if (askable.Count == 0 && healthy.Count > 0)
            {
                choice.BlockedFor = healthy.Min(destination => breakers.Find(choice.Provider, destination)?.BlockedFor);
                metrics.Rejected(choice.Provider.Name);
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            var fresh = askable.Where(destination => !choice.Avoided.Contains(destination)).ToList();
            feature.AvailableDestinations = fresh.Count > 0 ? fresh : askable;
            await next(context);
        }
        while ((choice.TurnedAway?.Count ?? 0) > turnedAway);
    }

    private bool IsAskable(DestinationChoice choice, DestinationState destination) =>
        choice.TurnedAway?.Contains(destination) != true && !(breakers.Find(choice.Provider, destination)?.BlockedFor > TimeSpan.Zero);

    private static async Task AskAsync(Breaker breaker, DestinationChoice choice, HttpContext context, RequestDelegate next)
    {
        // The breaker learns what it needs with the first content; a probe's answer may take minutes.
        Task? run = null;
        var blocked = await breaker.ExecuteAsync(async () =>
        {
            run = next(context);
            await Task.WhenAny(run, choice.Answered);
            return choice.Judge(context);
        });
        if (blocked is not null)
        {
            choice.TurnAway();
            return;
        }

        await run!;
    }
}
