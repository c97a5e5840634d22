using BfProxy.Routing;

namespace BfProxy.Forwarding;

/// <summary>
/// First-token and idle clock of one attempt, on one timer. A byte costs one timestamp: the timer looks at it when it fires and goes back to sleep for the rest.
/// (Connect belongs to the HTTP client, total to the resilience pipeline.)
/// </summary>
internal sealed class AttemptClocks : IDisposable
{
    /// <summary>How long a provider that has said its last word may take to close; then we do, and its connection is lost to the pool.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private readonly TimeoutOptions _timeouts;
    private readonly Action<EndCause> _expired;
    private readonly ITimer _timer;
    private readonly long _started;
    private long _lastByte;
    private volatile bool _headers;
    private volatile bool _content;
    private volatile bool _finished;
    private volatile bool _disposed;

    public AttemptClocks(TimeProvider time, TimeoutOptions timeouts, Action<EndCause> expired)
    {
        _time = time;
        _timeouts = timeouts;
        _expired = expired;
        _started = time.GetTimestamp();
        _lastByte = _started;
        // Set only once it is known here: it may fire at once.
        _timer = time.CreateTimer(static state => ((AttemptClocks)state!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(timeouts.FirstToken, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The provider's headers arrived: the idle clock starts.</summary>
    public void Headers()
    {
        Byte();
        _headers = true;
        Arm();
    }

    public void Byte() => Volatile.Write(ref _lastByte, _time.GetTimestamp());

    public void Content() => _content = true;

    /// <summary>The answer is whole; only the end of the response is still to come, which must not take until the idle clock.</summary>
    public void Finished()
    {
        _finished = true;
        _timer.Change(Linger, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _disposed = true;
        _timer.Dispose();
    }

    private void Check()
    {
        if (_disposed)
        {
            return;
        }

        if (_finished)
        {
            _expired(EndCause.Finished);
        }
        else if (!_content && FirstTokenLeft() <= TimeSpan.Zero)
        {
            _expired(EndCause.FirstToken);
        }
        else if (_headers && IdleLeft() <= TimeSpan.Zero)
        {
            _expired(EndCause.Idle);
        }
        else
        {
            Arm();
        }
    }

    private void Arm()
    {
        var next = _headers ? IdleLeft() : FirstTokenLeft();
        if (_headers && !_content && FirstTokenLeft() < next)
        {
            next = FirstTokenLeft();
        }

        // Timers count whole milliseconds; one more keeps us from firing a hair too early, again and again.
        _timer.Change(next > TimeSpan.Zero ? next + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan FirstTokenLeft() => _timeouts.FirstToken - _time.GetElapsedTime(_started);

    private TimeSpan IdleLeft() => _timeouts.Idle - _time.GetElapsedTime(Volatile.Read(ref _lastByte));
}
