namespace BfProxy.Channels;

/// <summary>What goes to one connection only: replies and pings, and with them the moment at which a subscription starts or stops.</summary>
internal sealed class Outbox
{
    private const int MaxItems = 256;
    private const int MaxBytes = 1024 * 1024;

    private readonly Queue<OutboxItem> _items = new();
    private int _bytes;
    private int _count;

    /// <summary>False where the client does not read its replies.</summary>
    public bool TryPut(OutboxItem item)
    {
        lock (_items)
        {
            if (_count >= MaxItems || _bytes > MaxBytes)
            {
                return false;
            }

            _items.Enqueue(item);
            _bytes += item.Frame.Length;
            Volatile.Write(ref _count, _items.Count);
            return true;
        }
    }

    public bool TryTake(out OutboxItem item)
    {
        if (Volatile.Read(ref _count) == 0)
        {
            item = default;
            return false;
        }

        lock (_items)
        {
            item = _items.Dequeue();
            _bytes -= item.Frame.Length;
            Volatile.Write(ref _count, _items.Count);
            return true;
        }
    }
}
