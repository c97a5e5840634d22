using System.Diagnostics.Tracing;

namespace BfProxy.Tests.Forwarding;

/// <summary>Counts the arrays that were rented from this process's pools and are not back, from the time that it was made.</summary>
internal sealed class RentedBuffers : EventListener
{
    private const string Pools = "System.Buffers.ArrayPoolEventSource";
    private const int Rented = 1;
    private const int Returned = 3;

    private long _rented;
    private long _returned;

    /// <summary>All that were rented.</summary>
    public long Rents => Interlocked.Read(ref _rented);

    /// <summary>Those that are not back.</summary>
    public long Out => Rents - Interlocked.Read(ref _returned);

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Pools)
        {
            EnableEvents(eventSource, EventLevel.Verbose, EventKeywords.All);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventId is Rented)
        {
            Interlocked.Increment(ref _rented);
        }
        else if (eventData.EventId is Returned)
        {
            Interlocked.Increment(ref _returned);
        }
    }
}
