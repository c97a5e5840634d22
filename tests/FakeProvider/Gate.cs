namespace FakeProvider;

/// <summary>A sync point of a script: it says that the script got there, and holds it until released. Stays open once released.</summary>
public sealed class Gate
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a script first stands at the gate; all that it wrote before is with the kernel. Throws after 30 s.</summary>
    public Task ReachedAsync(CancellationToken cancellationToken = default) => _reached.Task.WaitAsync(LongEnough, cancellationToken);

    public void Release() => _released.TrySetResult();

    internal Task PassAsync(CancellationToken cancellationToken)
    {
        _reached.TrySetResult();
        return _released.Task.WaitAsync(cancellationToken);
    }
}
