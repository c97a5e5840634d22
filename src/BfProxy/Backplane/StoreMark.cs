using System.Security.Cryptography;

namespace BfProxy.Backplane;

/// <summary>A random mark in the store: where another one stands than before, the store has lost all that it held.</summary>
internal sealed class StoreMark(IStateStore store)
{
    private const string Key = "backplane:mark";
    private const int MarkBytes = 16;

    private byte[]? _known;

    /// <summary>Reads the mark, or sets one. Whether the store was emptied since the last call that returned true or is the first.</summary>
    /// <exception cref="StateUnavailableException">The store is away.</exception>
    public async ValueTask<bool> WasEmptiedAsync(CancellationToken cancellationToken)
    {
        await store.TryAddAsync(Key, RandomNumberGenerator.GetBytes(MarkBytes), timeToLive: null, cancellationToken);
        var mark = await store.GetAsync(Key, cancellationToken);
        var isOther = _known is not null && !_known.AsSpan().SequenceEqual(mark);
        _known = mark;
        return isOther;
    }
}
