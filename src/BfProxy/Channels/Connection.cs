using BfProxy.Security;

namespace BfProxy.Channels;

/// <summary>
/// The sending side of one client. One loop sends all there is: it runs inside the publisher's wake, takes what its subscriptions
/// have gathered meanwhile, and is gone while there is nothing to send. Everything else only leaves word for it.
/// </summary>
/// <param name="id">The connection's first id; the id names its private channel.</param>
/// <param name="transport">The way to the client; this is its only sender.</param>
/// <param name="state">Settings and clock.</param>
internal sealed class Connection(string id, IFrameTransport transport, HubState state)
{
    /// <summary>How long a closed connection may take over its last send and its answer.</summary>
    private const long CloseGraceMilliseconds = 5_000;

    /// <summary>Sends after which the loop leaves the publisher's thread.</summary>
    private const int MaxBurst = 16;

    private static readonly TaskCompletionSource Completed = CreateCompleted();

    private readonly Outbox _outbox = new();
    private FrameBuffer _buffer;
    private WakeSignal _signal;
    private KeepAlive _keepAlive = new(state.Now);
    private Subscription[] _subscriptions = [];
    private int _turn;
    private TaskCompletionSource? _completion;
    private ConnectionEnd? _end;
    private long _endedAt;
    private long _sendingSince;
    private bool _isDetached;

    /// <summary>Changed by <see cref="ConnectionSet.Resume"/> only.</summary>
    public string Id { get; set; } = id;

    /// <summary>Whose it is, once he is known; null while it is anonymous.</summary>
    public User? User { get; set; }

    /// <summary>Writes what the client is told when a channel of its goes on with another history; null for one who is not told.</summary>
    public Func<Subscription, ReadOnlyMemory<byte>>? Notice { get; set; }

    /// <summary>What is sent now; those that have just been joined come with the word on it.</summary>
    public IReadOnlyList<Subscription> Subscriptions => Volatile.Read(ref _subscriptions);

    /// <summary>How far it may be behind a channel.</summary>
    public int MaxLagBytes => state.Options.MaxLagBytes;

    public ConnectionEnd? End => Volatile.Read(ref _end);

    /// <summary>Ends when a closed connection has sent its last; who waits for it goes on elsewhere, not on the publisher's thread.</summary>
    public Task Completion
    {
        get
        {
            var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _completion, completion, null) ?? completion).Task;
        }
    }

    /// <summary>Whether nothing was being sent, so that it now is: on the caller's thread, until a send has to wait.</summary>
    public bool Wake()
    {
        if (!_signal.Raise())
        {
            return false;
        }

        // It never throws, and its end is the Completion.
        _ = SendAsync();
        return true;
    }

    public void Post(OutboxItem item)
    {
        bool hasRoom;
        lock (_outbox)
        {
            hasRoom = _outbox.TryPut(item);
        }

        if (hasRoom)
        {
            Wake();
        }
        else
        {
            Close(ConnectionEnd.TooSlow);
        }
    }

    /// <summary>Asks the loop to close the transport; the first reason stays.</summary>
    public void Close(ConnectionEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, end, null) is null)
        {
            Volatile.Write(ref _endedAt, state.Now);
            Wake();
        }
    }

    /// <summary>Ends the connection without a word, whatever hangs in it.</summary>
    public void Abort()
    {
        lock (_outbox)
        {
            if (!_isDetached)
            {
                transport.Abort();
            }
        }

        Close(ConnectionEnd.Answered);
    }

    /// <summary>The transport and its request go back to the server, which may reuse them: from now on nothing here touches them.</summary>
    public void Detach()
    {
        lock (_outbox)
        {
            _isDetached = true;
        }
    }

    public void Heard(bool isPong) => _keepAlive.Heard(state.Now, isPong);

    /// <summary>Called once a second: pings, and ends what hangs.</summary>
    public void Tick()
    {
        var now = state.Now;
        if (End is not null)
        {
            if (now - Volatile.Read(ref _endedAt) >= CloseGraceMilliseconds)
            {
                Abort();
            }

            return;
        }

        var sendingSince = Volatile.Read(ref _sendingSince);
        if (sendingSince != 0 && now - sendingSince >= state.Options.MaxLagTime.TotalMilliseconds)
        {
            Close(ConnectionEnd.TooSlow);
        }
        else if (sendingSince == 0 && _keepAlive.IsDue(now, state.Options.PingInterval))
        {
            Ping(now);
        }
    }

    /// <summary>Sends all there is and leaves; once the connection is closed, says why and ends for good. Never throws.</summary>
    private async Task SendAsync()
    {
        try
        {
            var burst = 0;
            while (true)
            {
                _signal.Clear();
                var hasFrame = TryTake(out var frame);
                if (!hasFrame && End is { } end)
                {
                    await transport.CloseAsync(end).ConfigureAwait(false);
                    break;
                }

                if (!hasFrame)
                {
                    _buffer.Release();
                }

                var step = hasFrame ? transport.SendAsync(frame, _subscriptions, HasMore()) : transport.FlushAsync();
                if (step.IsCompleted)
                {
                    await step.ConfigureAwait(false);
                    burst++;
                }
                else
                {
                    Volatile.Write(ref _sendingSince, state.Now);
                    await step.ConfigureAwait(false);
                    Volatile.Write(ref _sendingSince, 0);
                    burst = 0;
                }

                if (!hasFrame)
                {
                    _keepAlive.Sent(state.Now);
                    if (_signal.TrySleep())
                    {
                        return;
                    }
                }

                if (burst >= MaxBurst)
                {
                    await Task.Yield();
                    burst = 0;
                }
            }
        }
        catch (Exception)
        {
            // Whatever a transport throws while it goes down ends this subscriber and nobody else; the receiving side sees the same end.
            Abort();
        }

        _subscriptions = [];
        _buffer.Release();
        Interlocked.CompareExchange(ref _completion, Completed, null)?.SetResult();
    }

    private static TaskCompletionSource CreateCompleted()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }

    private void Ping(long now)
    {
        if (_keepAlive.IsGone)
        {
            Close(ConnectionEnd.NoPong);
        }
        else
        {
            Post(new OutboxItem(transport.Ping(_keepAlive.Next(now))));
        }
    }

    /// <summary>The next frame: replies first, then each channel in its turn.</summary>
    private bool TryTake(out PreparedFrame frame)
    {
        frame = default;
        if (End is { SendsPending: false })
        {
            return false;
        }

        if (!_outbox.IsEmpty)
        {
            frame = TakeReply();
            return true;
        }

        for (var i = 0; i < _subscriptions.Length; i++)
        {
            _turn = _turn + 1 < _subscriptions.Length ? _turn + 1 : 0;
            if (_subscriptions[_turn].TryTake(ref _buffer, out frame))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether another frame stands ready.</summary>
    private bool HasMore()
    {
        if (!_outbox.IsEmpty)
        {
            return true;
        }

        foreach (var subscription in _subscriptions)
        {
            if (subscription.HasMore)
            {
                return true;
            }
        }

        return false;
    }

    private PreparedFrame TakeReply()
    {
        OutboxItem item;
        lock (_outbox)
        {
            item = _outbox.Take();
        }

        Apply(item);
        return PreparedFrame.Of(item.Frame);
    }

    private void Apply(OutboxItem item)
    {
        var stops = item.Stops;
        if (stops is not null || item.Starts is not null)
        {
            _subscriptions = [.. _subscriptions.Where(subscription => subscription != stops), .. item.Starts ?? []];
        }
    }
}
