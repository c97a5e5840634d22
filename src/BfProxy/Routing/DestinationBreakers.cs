using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using BfProxy.Resilience;
using BfProxy.Telemetry;
using Polly.CircuitBreaker;
using Yarp.ReverseProxy.Model;

namespace BfProxy.Routing;

/// <summary>
/// The breakers of providers' destinations, on this node. They live as long as YARP's model of the destination, which a reload
/// replaces only where the destination itself was changed.
/// </summary>
internal sealed class DestinationBreakers
{
    private readonly ConditionalWeakTable<DestinationModel, ConcurrentDictionary<string, Breaker>> _byDestination = [];
    private readonly TimeProvider _time;
    private readonly ILogger<DestinationBreakers> _logger;

    public DestinationBreakers(TimeProvider time, BreakerMetrics metrics, ILogger<DestinationBreakers> logger)
    {
        (_time, _logger) = (time, logger);
        metrics.Watch(States);
    }

    /// <summary>The breaker of a provider's destination; null where the provider has none.</summary>
    public Breaker? Find(Provider provider, DestinationState destination)
    {
        var options = provider.Options.CircuitBreaker;
        if (!options.Enabled)
        {
            return null;
        }

        var breakers = _byDestination.GetValue(destination.Model, static _ => new ConcurrentDictionary<string, Breaker>(StringComparer.Ordinal));
        return breakers.TryGetValue(provider.Name, out var breaker) && breaker.Options == options
            ? breaker
            : breakers.AddOrUpdate(provider.Name, name => Create(name), (name, known) => known.Options == options ? known : Create(name));

        Breaker Create(string name) => new(destination.DestinationId, options, _time, state => Tell(name, destination.DestinationId, options, state));
    }

    private void Tell(string provider, string destination, CircuitBreakerOptions options, CircuitState state)
    {
        switch (state)
        {
            case CircuitState.Open:
                RoutingLog.Opened(_logger, provider, destination, options.BreakDuration.TotalSeconds);
                break;
            case CircuitState.HalfOpen:
                RoutingLog.Probed(_logger, provider, destination);
                break;
            default:
                RoutingLog.Closed(_logger, provider, destination);
                break;
        }
    }

    private IEnumerable<(string Provider, string Destination, int State)> States() =>
        from destination in _byDestination
        from breaker in destination.Value
        select (breaker.Key, breaker.Value.Name, Number(breaker.Value));

    /// <summary>An open breaker whose time is over lets the next attempt through.</summary>
    private static int Number(Breaker breaker) => breaker.State switch
    {
        CircuitState.Closed => 0,
        _ when breaker.BlockedFor == TimeSpan.Zero => 1,
        CircuitState.HalfOpen => 1,
        _ => 2,
    };
}
