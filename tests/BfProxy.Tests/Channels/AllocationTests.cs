using System.Net.WebSockets;
using BfProxy.Channels;

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
            var connection = new Connection("1", sink, hub.Hub.State, () => { });
            _ = connection.DrainAsync();
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

    /// <summary>A wire that swallows.</summary>
    private sealed class SinkSocket : WebSocket
    {
        public int Frames { get; private set; }

        public override WebSocketCloseStatus? CloseStatus => null;

        public override string? CloseStatusDescription => null;

        public override WebSocketState State => WebSocketState.Open;

        public override string? SubProtocol => null;

        public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
        {
            Frames++;
            return ValueTask.CompletedTask;
        }

        public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) => Task.CompletedTask;

        public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

        public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Abort()
        {
        }

        public override void Dispose()
        {
        }
    }
}
