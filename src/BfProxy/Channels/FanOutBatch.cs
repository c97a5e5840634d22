namespace BfProxy.Channels;

/// <summary>
/// Wakes a stretch of a channel's subscribers on the thread pool. Queued at most once, so that a channel that publishes
/// faster than its readers are woken rolls up, and other channels get their turn in between.
/// </summary>
internal sealed class FanOutBatch(SubscriberSet subscribers, int start) : IThreadPoolWorkItem
{
    private int _queued;

    public void Queue()
    {
        if (Interlocked.Exchange(ref _queued, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    public void Execute()
    {
        Interlocked.Exchange(ref _queued, 0);
        subscribers.WakeBatch(start);
    }
}
