namespace LoadTest.Client;

/// <summary>What all streams of a client saw since the window began. The receiving thread writes, a new window swaps.</summary>
internal sealed class ClientTally
{
    private volatile LatencyHistogram _histogram = new();
    private long _writes;

    public void Observe(long nanoseconds) => _histogram.Record(nanoseconds);

    /// <summary>A read that brought something: many deltas in one read mean that they were joined on their way.</summary>
    public void CountRead() => _writes++;

    /// <summary>Ends the window, tells of it and begins the next.</summary>
    public WindowReport Turn()
    {
        var over = _histogram;
        _histogram = new LatencyHistogram();
        var reads = Interlocked.Exchange(ref _writes, 0);
        return new WindowReport(over.Count, reads, over.Quantile(0.5), over.Quantile(0.99), over.Quantile(1));
    }
}
