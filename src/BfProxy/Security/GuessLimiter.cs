using System.Net;
using System.Threading.RateLimiting;

namespace BfProxy.Security;

/// <summary>Slows down whoever guesses ids: each address may be wrong only so often a minute.</summary>
internal sealed class GuessLimiter : IDisposable
{
    public const int WrongGuessesAMinute = 30;

    private readonly PartitionedRateLimiter<IPAddress> _limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(
        address => RateLimitPartition.GetFixedWindowLimiter(
            address, _ => new FixedWindowRateLimiterOptions { PermitLimit = WrongGuessesAMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 }));

    /// <summary>Whether this address may guess (again).</summary>
    public bool MayGuess(IPAddress? address)
    {
        using var lease = _limiter.AttemptAcquire(address ?? IPAddress.None, permitCount: 0);
        return lease.IsAcquired;
    }

    public void WasWrong(IPAddress? address) => _limiter.AttemptAcquire(address ?? IPAddress.None).Dispose();

    public void Dispose() => _limiter.Dispose();
}
