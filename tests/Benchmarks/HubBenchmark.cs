using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;
using BfProxy.Channels;
using BfProxy.Channels.Sockets;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Benchmarks;

/// <summary>One delta from the publisher to the sockets of all subscribers, which swallow it.</summary>
[MemoryDiagnoser]
public class HubBenchmark : IDisposable
{
    private readonly SwallowingSocket _socket = new();
    private ChannelHub _hub = null!;
    private StreamPublisher _stream = null!;
    private long _sent;

    [Params(1, 2, 1_000)]
    public int Subscribers { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var scope = new ChannelScope("demo", "");
        _hub = new ChannelHub(new ChannelsOptions(), TimeProvider.System);
        for (var i = 0; i < Subscribers; i++)
        {
            var connection = new Connection("", new WebSocketTransport(_socket, new HttpRequestLifetimeFeature(), null), _hub.State);
            connection.Post(new OutboxItem("{}"u8.ToArray(), Starts: [_hub.Join(scope, "anonymous", connection, null)]));
        }

        _stream = _hub.OpenStream(scope, ["anonymous"], "assistantReceiveResultsStream", "0123456789abcdef0123456789abcdef");
        _sent = _socket.Frames;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _hub.Dispose();
        _socket.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void Delta()
    {
        _stream.Delta(" token"u8);
        _stream.Flush();
        _sent += Subscribers;
        var spin = default(SpinWait);
        while (_socket.Frames < _sent)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private sealed class SwallowingSocket : WebSocket
    {
        private long _frames;

        public long Frames => Interlocked.Read(ref _frames);

        public override WebSocketCloseStatus? CloseStatus => null;

        public override string? CloseStatusDescription => null;

        public override WebSocketState State => WebSocketState.Open;

        public override string? SubProtocol => null;

        public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _frames);
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
