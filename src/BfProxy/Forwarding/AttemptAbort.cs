using System.Diagnostics.CodeAnalysis;

namespace BfProxy.Forwarding;

/// <summary>Ends one attempt and leaves its stream alone, where that may go on with another.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A late clock may still cancel the source; without a timer it holds nothing.")]
internal sealed class AttemptAbort : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _stream;
    private int _cause;

    /// <summary>An attempt that ends with its stream at the latest.</summary>
    public AttemptAbort(CancellationToken stream) => _stream = stream.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);

    public CancellationToken Token => _source.Token;

    public EndCause Cause => (EndCause)_cause;

    /// <summary>The first reason counts.</summary>
    public void End(EndCause cause)
    {
        if (Interlocked.CompareExchange(ref _cause, (int)cause, (int)EndCause.None) == (int)EndCause.None)
        {
            _source.Cancel();
        }
    }

    public void Dispose() => _stream.Dispose();
}
