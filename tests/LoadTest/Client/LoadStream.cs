using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LoadTest.Client;

/// <summary>One stream as a client receives it: a raw socket, so that the client costs as little as can be.</summary>
internal abstract class LoadStream(int number, ClientOptions options, ClientTally tally) : IAsyncDisposable
{
    private readonly ByteQueue _input = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _receiving = Task.CompletedTask;
    private volatile bool _closed;

    public int Number => number;

    /// <summary>The stream that is read here; another's where many read one.</summary>
    public int Subject { get; } = options.StreamOf(number);

    public StreamCheck Check { get; } = new(options.StreamOf(number), tally);

    /// <summary>The stream's end has come, or its connection is gone.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The end came as it should.</summary>
    public bool EndedWell { get; protected set; }

    public string? Failure { get; protected set; }

    public long OffsetFaults { get; protected set; }

    public long AcknowledgedAt { get; protected set; }

    public long StoppedAt { get; protected set; }

    protected ClientOptions Options => options;

    protected Socket Socket { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>What comes before the stream: nothing, or a subscription.</summary>
    public abstract Task ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Asks for the stream; completes when it is acknowledged.</summary>
    public abstract Task StartAsync(ControlConnection control, CancellationToken cancellationToken);

    /// <summary>Ends the stream from this side.</summary>
    public abstract Task StopAsync(ControlConnection control, CancellationToken cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Close();
        await _receiving;
    }

    protected async Task OpenAsync(CancellationToken cancellationToken)
    {
        await Socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, options.Port), cancellationToken);
        _receiving = ReceiveAsync();
    }

    protected void Close()
    {
        _closed = true;
        Socket.Dispose();
        End();
    }

    protected void End() => _ended.TrySetResult();

    protected void Fail(string why)
    {
        Failure ??= $"stream {number}: {why}";
        OnFailed();
        End();
    }

    /// <summary>Whoever waits for a reply that will not come.</summary>
    protected virtual void OnFailed()
    {
    }

    /// <summary>Understands what it can; returns how many bytes are used up.</summary>
    protected abstract int Consume(ReadOnlySpan<byte> bytes, long now);

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var read = await Socket.ReceiveAsync(_input.Room, SocketFlags.None);
                if (read == 0)
                {
                    break;
                }

                tally.CountRead();
                _input.Filled(read);
                _input.Take(Consume(_input.Waiting, Stopwatch.GetTimestamp()));
            }

            OnClosed("closed by the other side");
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            OnClosed(error.Message);
        }
    }

    private void OnClosed(string why)
    {
        if (!_closed && !EndedWell)
        {
            Fail(why);
        }

        End();
    }
}
