using System.Collections.Concurrent;
using System.Diagnostics;

namespace FakeProvider.Load;

/// <summary>One timer for all streams: a ring of slots, each holding the streams due in it.</summary>
internal sealed class PaceWheel
{
    private const int Slots = 8192;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(2);
    private static readonly long TicksPerSlot = (long)(Period.TotalSeconds * Stopwatch.Frequency);

    private readonly List<(PacedStream Stream, long DueAt)>[] _ring = new List<(PacedStream, long)>[Slots];
    private readonly ConcurrentQueue<PacedStream> _arrivals = new();

    public PaceWheel()
    {
        for (var index = 0; index < Slots; index++)
        {
            _ring[index] = [];
        }
    }

    public void Add(PacedStream stream) => _arrivals.Enqueue(stream);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, TimeProvider.System);
        var next = Stopwatch.GetTimestamp() / TicksPerSlot;
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            PlaceArrivals(next);
            for (var now = Stopwatch.GetTimestamp() / TicksPerSlot; next <= now; next++)
            {
                Turn(_ring[next % Slots]);
            }
        }
    }

    // Streams that arrive together are spread over their interval: providers do not send in step.
    private void PlaceArrivals(long next)
    {
        while (_arrivals.TryDequeue(out var stream))
        {
            var interval = IntervalOf(stream);
            var phase = interval * (stream.Model.Stream * 7919L % 1000) / 1000;
            Place(stream, (next * TicksPerSlot) + phase);
        }
    }

    private void Turn(List<(PacedStream Stream, long DueAt)> slot)
    {
        for (var index = 0; index < slot.Count; index++)
        {
            var (stream, dueAt) = slot[index];
            if (stream.Tick())
            {
                Place(stream, dueAt + IntervalOf(stream));
            }
        }

        slot.Clear();
    }

    private void Place(PacedStream stream, long dueAt) => _ring[dueAt / TicksPerSlot % Slots].Add((stream, dueAt));

    // At least two slots ahead, so that a stream is never put into the slot being turned.
    private static long IntervalOf(PacedStream stream) => Math.Max(Stopwatch.Frequency / stream.Model.PerSecond, 2 * TicksPerSlot);
}
