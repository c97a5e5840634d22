using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace BfProxy.Hooks;

/// <summary>Lets so many calls of an app's hook run at once and so many wait, oldest first; the rest is turned away.</summary>
internal sealed class HookTurns(TimeProvider time) : IDisposable
{
    /// <summary>Calls that may wait for their turn.</summary>
    public const int MaxWaiting = 1024;

    private readonly ConcurrentDictionary<(string App, HookKind Kind, int Concurrency), ConcurrencyLimiter> _limiters = new();

    /// <summary>Waits for a turn, at most as long as one try may take. Dispose the lease when the call is over.</summary>
    public async ValueTask<RateLimitLease?> TakeAsync(HookTarget target, CancellationToken cancellationToken)
    {
        var limiter = _limiters.GetOrAdd((target.App, target.Kind, target.Options.Concurrency), static key => new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = key.Concurrency,
            QueueLimit = MaxWaiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }));
        var lease = limiter.AttemptAcquire();
        if (lease.IsAcquired)
        {
            return lease;
        }

        using var patience = new CancellationTokenSource(target.Options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            lease = await limiter.AcquireAsync(cancellationToken: either.Token);
            return lease.IsAcquired ? lease : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    public void Dispose()
    {
        foreach (var limiter in _limiters.Values)
        {
            limiter.Dispose();
        }
    }
}
