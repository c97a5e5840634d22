using System.Diagnostics;
using System.IO.Pipelines;
using BfProxy.Backplane;
using BfProxy.Channels;
using BfProxy.Messaging;
using BfProxy.Tests.Channels;

namespace BfProxy.Tests.Messaging;

public sealed class EventStreamTransportTests
{
    private const int Deltas = 10_000;

    [Fact]
    public void A_delta_costs_no_more_than_its_place_in_the_log()
    {
        using var hub = new TestHub();
        var visitor = new MessagingVisitor(TestHub.Scope, "localhost", ["c"], null, "node", new SharedKey(new byte[32]));
        var connection = new Connection("1", new EventStreamTransport(PipeWriter.Create(Stream.Null), visitor, static () => throw new UnreachableException()), hub.Hub.State);
        var subscription = hub.Hub.Join(TestHub.Scope, "c", connection, null);
        connection.Post(new OutboxItem("{}"u8.ToArray(), Starts: [subscription]));
        var stream = hub.Open("s", "c");
        Publish(stream, 1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Publish(stream, Deltas);
        var perDelta = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Deltas;
        Assert.Equal(1_000 + Deltas, subscription.Taken);
        Assert.InRange(perDelta, LogRecord.Size, (LogRecord.Size + "token".Length) * 2);
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
