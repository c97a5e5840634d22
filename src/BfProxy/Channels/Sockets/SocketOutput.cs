using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace BfProxy.Channels.Sockets;

/// <summary>
/// What goes out over one connection: Kestrel's bytes, and messages that need no framing any more. Each goes in one piece, in the order in which they came.
/// It sends on the caller's thread, where Kestrel's own output copies into a pipe and hands over to a loop that sends; what the kernel has no room for follows by itself.
/// The first send that fails ends the connection, as that loop would: no one above has to look.
/// </summary>
/// <param name="connection">Kestrel's, with its own transport still.</param>
/// <param name="socket">Its socket, which must not block.</param>
internal sealed class SocketOutput(ConnectionContext connection, Socket socket) : PipeWriter, IDuplexPipe
{
    private Task _rest = Task.CompletedTask;
    private SendBuffer _buffer = new();
    private TaskCompletionSource? _canceled;
    private bool _endWaits;
    private volatile bool _isGone;

    public PipeReader Input { get; } = connection.Transport.Input;

    public PipeWriter Output => this;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _buffer.Length;

    /// <summary>Sends a message past Kestrel.</summary>
    /// <param name="message">Whole, so that Kestrel's bytes may stand before and behind it; stays as it is until the send is over.</param>
    /// <exception cref="SocketException">The connection is gone.</exception>
    /// <exception cref="ObjectDisposedException">It was gone before.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message)
    {
        try
        {
            // Nobody else locks it, and a lock of its own would be one more object for each idle connection.
            lock (this)
            {
                var sent = _rest.IsCompleted ? SendNow(message.Span) : 0;
                return sent == message.Length ? ValueTask.CompletedTask : new ValueTask(_rest = SendRestAsync(_rest, message[sent..]));
            }
        }
        catch (SocketException exception)
        {
            End(exception);
            throw;
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer.GetMemory(Math.Max(sizeHint, 1));

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => _buffer.Advance(bytes);

    /// <summary>Completed where the connection is gone, as with Kestrel's own output; never throws over it.</summary>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_buffer.IsEmpty)
        {
            return new(new FlushResult(isCanceled: false, _isGone));
        }

        var sending = FlushAsync(_buffer.Take());
        return sending.IsCompletedSuccessfully ? sending : WaitAsync(sending.AsTask(), cancellationToken);
    }

    public override void CancelPendingFlush() => Volatile.Read(ref _canceled)?.TrySetResult();

    /// <summary>Kestrel completes its own output when it ends the connection; here nothing is left to do but to give back what was never flushed.</summary>
    public override void Complete(Exception? exception = null) => _buffer.Release();

    /// <summary>Releases the buffer when it is sent.</summary>
    private async ValueTask<FlushResult> FlushAsync(SendBuffer buffer)
    {
        try
        {
            await SendAsync(buffer.Written).ConfigureAwait(false);
            return default;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return new FlushResult(isCanceled: false, isCompleted: true);
        }
        finally
        {
            buffer.Release();
        }
    }

    /// <summary>A flush that is canceled only stops waiting: half a message may be on the wire, so that the rest has to follow.</summary>
    private async ValueTask<FlushResult> WaitAsync(Task<FlushResult> sending, CancellationToken cancellationToken)
    {
        var canceled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _canceled, canceled);
        try
        {
            var first = await Task.WhenAny(sending, canceled.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
            return first == sending ? await sending.ConfigureAwait(false) : new FlushResult(isCanceled: true, isCompleted: false);
        }
        finally
        {
            Interlocked.CompareExchange(ref _canceled, null, canceled);
        }
    }

    /// <summary>Sends what the kernel takes at once, and says how much that is.</summary>
    private int SendNow(ReadOnlySpan<byte> message)
    {
        ObjectDisposedException.ThrowIf(_isGone, socket);
        var sent = 0;
        while (sent < message.Length)
        {
            var taken = socket.Send(message[sent..], SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                break;
            }

            if (error != SocketError.Success)
            {
                throw new SocketException((int)error);
            }

            sent += taken;
        }

        return sent;
    }

    private async Task SendRestAsync(Task before, ReadOnlyMemory<byte> rest)
    {
        LetTheEndWait();
        // Elsewhere, because ending a connection is not to happen under the lock.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (rest.Length > 0)
            {
                ObjectDisposedException.ThrowIf(_isGone, socket);
                rest = rest[await socket.SendAsync(rest, SocketFlags.None, CancellationToken.None).ConfigureAwait(false)..];
            }
        }
        catch (SocketException exception)
        {
            End(exception);
            throw;
        }
    }

    /// <summary>Kestrel closes the socket when all have answered, and not everyone waits for his bytes (HTTP/2's farewell). Most connections never come here.</summary>
    private void LetTheEndWait()
    {
        if (!_endWaits)
        {
            _endWaits = true;
            connection.Features.Get<IConnectionCompleteFeature>()?.OnCompleted(static output => ((SocketOutput)output).DrainAsync(), this);
        }
    }

    private async Task DrainAsync() => await Volatile.Read(ref _rest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void End(SocketException exception)
    {
        _isGone = true;
        connection.Abort(new ConnectionAbortedException("The other side is gone.", exception));
    }
}
