namespace BfProxy.Assistants;

/// <summary>Who waits on this node for one thread.</summary>
internal sealed class ThreadQueue : IDisposable
{
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Who waits or runs; with the last one it goes.</summary>
    public int Users { get; set; }

    public void Dispose() => Turn.Dispose();
}
