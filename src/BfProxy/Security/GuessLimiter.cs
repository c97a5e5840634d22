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
    public bool MayGuess(HttpContext context)
    {
        using var lease = _limiter.AttemptAcquire(AddressOf(context), permitCount: 0);
        return lease.IsAcquired;
    }

    public void WasWrong(HttpContext context) => _limiter.AttemptAcquire(AddressOf(context)).Dispose();

    public void Dispose() => _limiter.Dispose();

    private static IPAddress AddressOf(HttpContext context) => context.Connection.RemoteIpAddress ?? IPAddress.None;
}
