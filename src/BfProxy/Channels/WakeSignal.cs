namespace BfProxy.Channels;

/// <summary>
/// Lets many raisers share one loop that is gone while there is no work: whoever raises it asleep runs it.
/// Loop: <see cref="Clear"/>, look for work, and where there is none leave if <see cref="TrySleep"/>. One that ends without sleeping is never run again.
/// </summary>
internal struct WakeSignal
{
    private const int Asleep = 0;
    private const int Running = 1;
    private const int Raised = 2;

    private int _state;

    /// <summary>Always a full fence: what was published before is seen by the loop that runs, or by the one that is now to be run.</summary>
    /// <returns>Whether the caller is to run it.</returns>
    public bool Raise() => Interlocked.Exchange(ref _state, Raised) == Asleep;

    public void Clear() => Interlocked.Exchange(ref _state, Running);

    /// <summary>False where it was raised since <see cref="Clear"/>.</summary>
    public bool TrySleep() => Interlocked.CompareExchange(ref _state, Asleep, Running) == Running;
}
