namespace BfProxy.Channels;

/// <summary>
/// What goes to one connection only: replies and pings, and with them the moment at which a subscription starts or stops.
/// A chain, because it is nearly always empty and an idle connection is to hold no room for it. Guarded by a lock on it, which its connection takes.
/// </summary>
internal sealed class Outbox
{
    private const int MaxItems = 256;
    private const int MaxBytes = 1024 * 1024;

    private OutboxItem? _first;
    private OutboxItem? _last;
    private int _bytes;
    private int _count;

    /// <summary>May be asked without the lock by the one who takes.</summary>
    public bool IsEmpty => Volatile.Read(ref _first) is null;

    /// <summary>False where the client does not read its replies.</summary>
    public bool TryPut(OutboxItem item)
    {
        if (_count >= MaxItems || _bytes > MaxBytes)
        {
            return false;
        }

        if (_last is null)
        {
            Volatile.Write(ref _first, item);
        }
        else
        {
            _last.Next = item;
        }

        _last = item;
        _bytes += item.Frame.Length;
        _count++;
        return true;
    }

    /// <summary>Takes the first item; only where not <see cref="IsEmpty"/>.</summary>
    public OutboxItem Take()
    {
        var item = _first!;
        Volatile.Write(ref _first, item.Next);
        _last = item.Next is null ? null : _last;
        _bytes -= item.Frame.Length;
        _count--;
        return item;
    }
}
