using System.Net.WebSockets;
using System.Threading.Channels;
using WireChannel = System.Threading.Channels.Channel;

namespace BfProxy.Tests.Channels;

/// <summary>The far end of a wire: takes what is sent at once, or, while held, not at all.</summary>
internal sealed class WireSocket : WebSocket
{
    private readonly Channel<byte[]> _frames = WireChannel.CreateBounded<byte[]>(1_000_000);
    private readonly TaskCompletionSource<int> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _held;
    private WebSocketState _state = WebSocketState.Open;

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => _state;

    public override string? SubProtocol => null;

    /// <summary>The close code that was sent.</summary>
    public Task<int> Closed => _closed.Task;

    public bool IsAborted => _state == WebSocketState.Aborted;

    /// <summary>What the next abort throws, as a callback of the request's own token might.</summary>
    public Exception? AbortFault { get; set; }

    /// <summary>What happens while the next frame is being sent, on the sender's thread.</summary>
    public Action? Meanwhile { get; set; }

    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _held?.TrySetResult();

    public bool TryRead(out Frame? frame)
    {
        frame = _frames.Reader.TryRead(out var bytes) ? Frame.Parse(bytes) : null;
        return frame is not null;
    }

    public async Task<Frame> ReadAsync() => Frame.Parse(await _frames.Reader.ReadAsync());

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        Assert.Equal(WebSocketMessageType.Text, messageType);
        Assert.True(endOfMessage);
        var copy = buffer.ToArray();
        var meanwhile = Meanwhile;
        Meanwhile = null;
        meanwhile?.Invoke();
        return _held is { Task.IsCompleted: false } held ? SendLaterAsync(held, buffer, copy) : Deliver(copy);
    }

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        SendAsync(buffer.AsMemory(), messageType, endOfMessage, cancellationToken).AsTask();

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        _state = WebSocketState.CloseSent;
        _closed.TrySetResult((int)closeStatus);
        return Task.CompletedTask;
    }

    public override void Abort()
    {
        if (AbortFault is { } fault)
        {
            AbortFault = null;
            throw fault;
        }

        _state = WebSocketState.Aborted;
        _held?.TrySetException(new WebSocketException(WebSocketError.ConnectionClosedPrematurely));
    }

    public override void Dispose()
    {
    }

    private async ValueTask SendLaterAsync(TaskCompletionSource held, ReadOnlyMemory<byte> buffer, byte[] copy)
    {
        await held.Task;
        Assert.Equal(copy, buffer.ToArray());
        await Deliver(copy);
    }

    private ValueTask Deliver(byte[] frame)
    {
        Assert.True(_frames.Writer.TryWrite(frame));
        return ValueTask.CompletedTask;
    }
}
