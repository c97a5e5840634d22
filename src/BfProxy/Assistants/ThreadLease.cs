using BfProxy.Backplane;

namespace BfProxy.Assistants;

/// <summary>The right to run on a thread, renewed until it is given back.</summary>
internal sealed class ThreadLease : IAsyncDisposable
{
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(10);

    private readonly IStateStore _store;
    private readonly string _key;
    private readonly byte[] _mark;
    private readonly Action _released;
    private readonly PeriodicTimer _timer;
    private readonly Task _renewal;

    public ThreadLease(IStateStore store, TimeProvider time, string key, byte[] mark, Action released)
    {
        (_store, _key, _mark, _released) = (store, key, mark, released);
        _timer = new PeriodicTimer(TimeToLive / 3, time);
        _renewal = RenewAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _renewal;
        try
        {
            await _store.TryRemoveAsync(_key, _mark, CancellationToken.None);
        }
        catch (StateUnavailableException)
        {
            // It runs out by itself.
        }
        finally
        {
            _released();
        }
    }

    private async Task RenewAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            try
            {
                // A store that came back empty has forgotten the lease.
                if (!await _store.TryReplaceAsync(_key, _mark, _mark, TimeToLive, CancellationToken.None))
                {
                    await _store.TryAddAsync(_key, _mark, TimeToLive, CancellationToken.None);
                }
            }
            catch (StateUnavailableException)
            {
                // At the next tick it may be back.
            }
        }
    }
}
