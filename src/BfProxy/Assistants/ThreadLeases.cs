using System.Text;
using BfProxy.Backplane;
using BfProxy.Configuration;
using BfProxy.Forwarding;

namespace BfProxy.Assistants;

/// <summary>
/// One run at a time on a thread, over all nodes: on one node runs queue up in order, and the first of them takes a lease that all nodes see.
/// A node that dies loses its leases after ten seconds.
/// </summary>
internal sealed class ThreadLeases(IStateStore store, Settings<ThreadsOptions> options, TimeProvider time)
{
    private const string KeyPrefix = "assistants:lease:";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ThreadQueue> _queues = new(StringComparer.Ordinal);

    /// <summary>Waits for a turn on a thread; null where it did not come in time.</summary>
    public async Task<ThreadLease?> AcquireAsync(string app, string threadId, CancellationToken cancellationToken)
    {
        var key = $"{KeyPrefix}{app}:{threadId}";
        var patience = options.Current.WhenBusy == BusyMode.Wait ? options.Current.MaxWait : TimeSpan.Zero;
        using var clock = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        clock.CancelAfter(patience > TimeSpan.Zero ? patience : Timeout.InfiniteTimeSpan);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock.Token);
        var queue = Enter(key);
        try
        {
            return await TakeAsync(queue, key, patience > TimeSpan.Zero, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Leave(queue, key);
            return null;
        }
        catch
        {
            Leave(queue, key);
            throw;
        }
    }

    private async Task<ThreadLease?> TakeAsync(ThreadQueue queue, string key, bool waits, CancellationToken cancellationToken)
    {
        if (!queue.Turn.Wait(0, CancellationToken.None))
        {
            if (!waits)
            {
                Leave(queue, key);
                return null;
            }

            await queue.Turn.WaitAsync(cancellationToken);
        }

        var mark = Encoding.ASCII.GetBytes(RunningStreams.NewId());
        try
        {
            while (!await store.TryAddAsync(key, mark, ThreadLease.TimeToLive, cancellationToken))
            {
                if (!waits)
                {
                    queue.Turn.Release();
                    Leave(queue, key);
                    return null;
                }

                await Task.Delay(Poll, time, cancellationToken);
            }
        }
        catch
        {
            queue.Turn.Release();
            throw;
        }

        return new ThreadLease(store, time, key, mark, () =>
        {
            queue.Turn.Release();
            Leave(queue, key);
        });
    }

    private ThreadQueue Enter(string key)
    {
        lock (_gate)
        {
            if (!_queues.TryGetValue(key, out var queue))
            {
                _queues[key] = queue = new ThreadQueue();
            }

            queue.Users++;
            return queue;
        }
    }

    private void Leave(ThreadQueue queue, string key)
    {
        lock (_gate)
        {
            if (--queue.Users == 0)
            {
                _queues.Remove(key);
                queue.Dispose();
            }
        }
    }
}
