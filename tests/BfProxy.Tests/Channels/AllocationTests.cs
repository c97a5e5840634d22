using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using BfProxy.Channels;
using BfProxy.Channels.Sockets;
using BfProxy.Tests.Channels.Sockets;
using Microsoft.AspNetCore.Connections;
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

    /// <summary>The same over a real connection, to the kernel. Its reader keeps up, because what waits for him may allocate.</summary>
    [Fact]
    public async Task A_delta_that_goes_to_the_kernel_costs_no_more()
    {
        using var hub = new TestHub();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var reader = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await reader.ConnectAsync(listener.LocalEndpoint);
        using var socket = await listener.AcceptSocketAsync();
        socket.Blocking = false;
        var output = new SocketOutput(new DefaultConnectionContext { Transport = new Pipes(new Pipe().Reader, new Pipe().Writer) }, socket);
        var connection = new Connection("1", new WebSocketTransport(new SinkSocket(), new HttpRequestLifetimeFeature(), output), hub.Hub.State);
        connection.Post(new OutboxItem("{}"u8.ToArray(), Starts: [hub.Hub.Join(TestHub.Scope, "c", connection, null)]));
        var braces = 0;
        var reading = new Thread(() =>
        {
            var buffer = new byte[64 * 1024];
            while (reader.Receive(buffer) is > 0 and var count)
            {
                Interlocked.Add(ref braces, buffer.AsSpan(0, count).Count((byte)'{'));
            }
        });
        reading.Start();
        var stream = hub.Open("s", "c");
        PublishInStep(stream, 1_000, 0);

        var before = GC.GetAllocatedBytesForCurrentThread();
        PublishInStep(stream, Deltas, 1_000);
        var perDelta = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Deltas;

        socket.Shutdown(SocketShutdown.Both);
        reading.Join();
        Assert.InRange(perDelta, LogRecord.Size, LogBytesPerDelta);

        // A delta's frame has two braces that open, the reply to the join one.
        void PublishInStep(StreamPublisher publisher, int deltas, int earlier)
        {
            for (var i = 1; i <= deltas; i++)
            {
                Publish(publisher, 1);
                var spin = default(SpinWait);
                while (Volatile.Read(ref braces) < ((earlier + i) * 2) + 1)
                {
                    spin.SpinOnce();
                }
            }
        }
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
