using System.Threading.Tasks.Sources;

namespace BfProxy.Channels;

/// <summary>
/// Lets one loop wait for work and many publishers raise it, without a Task or allocation. The waiting loop goes on inside
/// <see cref="Raise"/>, on the raiser's thread. Loop: <see cref="Clear"/>, look for work, and where there is none <see cref="WaitAsync"/>.
/// </summary>
internal sealed class WakeSignal : IValueTaskSource
{
    private const int Running = 0;
    private const int Raised = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _source;
    private int _state;

    /// <summary>Always a full fence: what was published before is seen by the loop, or the loop is woken.</summary>
    /// <returns>Whether the loop was waiting.</returns>
    public bool Raise()
    {
        if (Interlocked.Exchange(ref _state, Raised) != Waiting)
        {
            return false;
        }

        _source.SetResult(true);
        return true;
    }

    public void Clear() => Interlocked.Exchange(ref _state, Running);

    /// <summary>Completes at once where it was raised since <see cref="Clear"/>.</summary>
    public ValueTask WaitAsync()
    {
        _source.Reset();
        return Interlocked.CompareExchange(ref _state, Waiting, Running) == Running ? new ValueTask(this, _source.Version) : ValueTask.CompletedTask;
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
