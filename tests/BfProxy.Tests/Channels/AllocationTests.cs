using BfProxy.Channels;
using BfProxy.Channels.Sockets;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Tests.Channels;

public sealed class AllocationTests
{
    private const int Deltas = 10_000;
    private const int TokenBytes = 5;

    /// <summary>A record and its text, once more for room in segments that double, and the last segment.</summary>
    private const int LogBytesPerDelta = (LogRecord.Size + TokenBytes) * 2;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_delta_costs_its_place_in_the_log_and_nothing_else(int subscribers)
    {
        using var hub = new TestHub();
        var sink = new SinkSocket();
        for (var i = 0; i < subscribers; i++)
        {
            var connection = new Connection("1", new WebSocketTransport(sink, new HttpRequestLifetimeFeature(), null), hub.Hub.State);
            connection.Post(new OutboxItem("{}"u8.ToArray(), Starts: [hub.Hub.Join(TestHub.Scope, "c", connection, null)]));
        }

        var stream = hub.Open("s", "c");
        Publish(stream, 1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Publish(stream, Deltas);
        var perDelta = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Deltas;
        Assert.Equal((1_000 + Deltas + 1) * subscribers, sink.Frames);
        Assert.InRange(perDelta, LogRecord.Size, LogBytesPerDelta);
    }

    private static void Publish(StreamPublisher stream, int deltas)
    {
        for (var i = 0; i < deltas; i++)
        {
            stream.Delta("token"u8);
            stream.Flush();
        }
    }
}
