using System.Threading.Tasks.Sources;

namespace BfProxy.Sessions;

/// <summary>Wakes the one who waits on it, without an allocation each time. What was raised while nobody waited is not lost, but counts once.</summary>
internal sealed class ReaderSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Raised = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _state;

    public void Raise()
    {
        if (Interlocked.Exchange(ref _state, Raised) == Waiting)
        {
            _core.SetResult(true);
        }
    }

    /// <summary>For one waiter at a time.</summary>
    public ValueTask WaitAsync()
    {
        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle)
        {
            return new ValueTask(this, _core.Version);
        }

        Interlocked.Exchange(ref _state, Idle);
        return ValueTask.CompletedTask;
    }

    void IValueTaskSource.GetResult(short token)
    {
        // A full fence: what was published before a raise that this swallows is seen by who now looks.
        Interlocked.Exchange(ref _state, Idle);
        _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
