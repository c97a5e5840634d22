using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Channels;

/// <summary>
/// The sending side of one socket. One loop, <see cref="DrainAsync"/>, sends all there is: it waits without a Task or timer,
/// goes on inside the publisher's wake, and takes what its subscriptions have gathered meanwhile. Everything else only leaves word for it.
/// </summary>
/// <param name="id">The connection's id, which names its private channel.</param>
/// <param name="socket">The socket; this is its only sender.</param>
/// <param name="state">Settings and clock.</param>
/// <param name="request">Ends the transport below the socket, where a send hangs in it.</param>
internal sealed class Connection(string id, WebSocket socket, HubState state, IHttpRequestLifetimeFeature request)
{
    /// <summary>How long a closed connection may take over its last send and its answer.</summary>
    private const long CloseGraceMilliseconds = 5_000;

    /// <summary>Sends after which the loop leaves the publisher's thread.</summary>
    private const int MaxBurst = 16;

    private readonly WakeSignal _signal = new();
    private readonly Outbox _outbox = new();
    private readonly FrameBuffer _buffer = new();
    private KeepAlive _keepAlive = new(state.Now);
    private Subscription[] _subscriptions = [];
    private int _turn;
    private ConnectionEnd? _end;
    private long _endedAt;
    private long _sendingSince;
    private bool _isDetached;

    public string Id => id;

    /// <summary>How far it may be behind a channel.</summary>
    public int MaxLagBytes => state.Options.MaxLagBytes;

    public ConnectionEnd? End => Volatile.Read(ref _end);

    /// <summary>Whether the loop was waiting and has now gone on.</summary>
    public bool Wake() => _signal.Raise();

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

    /// <summary>Asks the loop to close the socket; the first reason stays.</summary>
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
                request.Abort();
                socket.Abort();
            }
        }

        Close(ConnectionEnd.Answered);
    }

    /// <summary>The socket is disposed and its request goes back to the server, which may reuse it: from now on nothing here touches them.</summary>
    public void Detach()
    {
        lock (_outbox)
        {
            _isDetached = true;
        }

        socket.Dispose();
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
            Ping();
        }
    }

    /// <summary>Starts <see cref="DrainAsync"/> in the default context, which the loop then keeps, whichever publisher wakes it.</summary>
    public Task StartDrain()
    {
        using (ExecutionContext.SuppressFlow())
        {
            return DrainAsync(movesAway: true);
        }
    }

    /// <summary>Sends until the connection is closed; then says why. Never throws. Takes no scheduling context from whoever wakes it.</summary>
    /// <param name="movesAway">Whether it begins on the thread pool, not on the caller's thread.</param>
    public async Task DrainAsync(bool movesAway = false)
    {
        try
        {
            if (movesAway)
            {
                await Task.Yield();
            }

            var burst = 0;
            while (true)
            {
                _signal.Clear();
                if (TryTake(out var frame))
                {
                    var send = socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                    if (send.IsCompleted)
                    {
                        await send.ConfigureAwait(false);
                        burst++;
                    }
                    else
                    {
                        Volatile.Write(ref _sendingSince, state.Now);
                        await send.ConfigureAwait(false);
                        Volatile.Write(ref _sendingSince, 0);
                        burst = 0;
                    }
                }
                else if (End is { } end)
                {
                    await SayWhyAsync(end).ConfigureAwait(false);
                    break;
                }
                else
                {
                    _buffer.Release();
                    _keepAlive.Sent(state.Now);
                    await _signal.WaitAsync().ConfigureAwait(false);
                    burst = 0;
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
            // Whatever a socket throws while it goes down ends this subscriber and nobody else; the receiving side sees the same end.
            Abort();
        }
        finally
        {
            _subscriptions = [];
            _buffer.Release();
        }

        // Whoever waits for the end goes on elsewhere, not on the publisher's thread.
        await Task.Yield();
    }

    private Task SayWhyAsync(ConnectionEnd end) =>
        socket.State is WebSocketState.Open or WebSocketState.CloseReceived
            ? socket.CloseOutputAsync((WebSocketCloseStatus)end.Code, end.Reason, CancellationToken.None)
            : Task.CompletedTask;

    private void Ping()
    {
        if (_keepAlive.IsGone)
        {
            Close(ConnectionEnd.NoPong);
        }
        else
        {
            Post(new OutboxItem(Encoding.ASCII.GetBytes($"{{\"ping\":{_keepAlive.Next()}}}")));
        }
    }

    /// <summary>The next frame: replies first, then each channel in its turn.</summary>
    private bool TryTake(out ReadOnlyMemory<byte> frame)
    {
        if (End is { SendsPending: false })
        {
            frame = default;
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
            if (_subscriptions[_turn].TryTake(_buffer, out frame))
            {
                return true;
            }
        }

        frame = default;
        return false;
    }

    private ReadOnlyMemory<byte> TakeReply()
    {
        OutboxItem item;
        lock (_outbox)
        {
            item = _outbox.Take();
        }

        Apply(item);
        return item.Frame;
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
