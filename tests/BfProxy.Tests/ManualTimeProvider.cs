namespace BfProxy.Tests;

/// <summary>Time that stands still until a test moves it. Timers fire, in order, on the thread that calls <see cref="Advance"/>.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private TaskCompletionSource _taken = new();
    private long _timestamps;
    private TimeSpan _elapsed;

    private event Action? TimerSet;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Start + Elapsed;

    /// <summary>How often a timestamp was taken: while time stands still, a sign of life of whoever takes one.</summary>
    public long Timestamps => Interlocked.Read(ref _timestamps);

    public override long GetTimestamp()
    {
        Interlocked.Increment(ref _timestamps);
        Volatile.Read(ref _taken).TrySetResult();
        return Elapsed.Ticks;
    }

    /// <summary>Waits until more timestamps were taken than <paramref name="before"/>. Throws after 30 s.</summary>
    public async Task TimestampAsync(long before)
    {
        while (true)
        {
            var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _taken, taken);
            if (Timestamps > before)
            {
                return;
            }

            await taken.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    /// <summary>Waits until somebody has set a timer that is due after exactly this span: before that, an <see cref="Advance"/> would pass it by. Throws after 30 s.</summary>
    public async Task TimerAsync(TimeSpan due)
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TimerSet += Look;
        try
        {
            Look();
            await found.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
        finally
        {
            TimerSet -= Look;
        }

        void Look()
        {
            lock (_gate)
            {
                if (_timers.Exists(timer => timer.Due == _elapsed + due))
                {
                    found.TrySetResult();
                }
            }
        }
    }

    private TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
            {
                return _elapsed;
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan span)
    {
        var end = Elapsed + span;
        while (TakeDue(end) is { } timer)
        {
            timer.Fire();
        }

        lock (_gate)
        {
            _elapsed = end;
        }
    }

    private ManualTimer? TakeDue(TimeSpan end)
    {
        lock (_gate)
        {
            var next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (next is null)
            {
                return null;
            }

            _elapsed = next.Due > _elapsed ? next.Due : _elapsed;
            next.Due = next.Period > TimeSpan.Zero ? next.Due + next.Period : TimeSpan.MaxValue;
            return next;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider time, TimerCallback callback, object? state) : ITimer
    {
        private bool _isDisposed;

        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                if (_isDisposed)
                {
                    return false;
                }

                time._timers.Remove(this);
                time._timers.Add(this);
                Due = dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : time._elapsed + dueTime;
                Period = period;
            }

            time.TimerSet?.Invoke();
            return true;
        }

        public void Dispose()
        {
            lock (time._gate)
            {
                _isDisposed = true;
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
