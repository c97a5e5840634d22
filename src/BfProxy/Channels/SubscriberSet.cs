namespace BfProxy.Channels;

/// <summary>
/// A channel's subscribers. Changed under the channel's lock; <see cref="Wake"/> needs none, because a subscriber keeps its
/// slot and an array that was replaced stays whole. A few are woken on the publisher's thread, many on the thread pool in batches.
/// </summary>
internal sealed class SubscriberSet
{
    public const int BatchSize = 64;
    private const int InlineLimit = 4;
    private const int FirstSlot = -1;

    // Most channels never have a second one: the first needs no array.
    private Subscription? _first;
    private Subscription?[] _slots = [];
    private FanOutBatch[] _batches = [];
    private Stack<int>? _free;
    private int _used;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public bool FansOut => Count > InlineLimit;

    public void Add(Subscription subscription)
    {
        if (_first is null && _used == 0)
        {
            subscription.Slot = FirstSlot;
            Volatile.Write(ref _first, subscription);
            Volatile.Write(ref _count, _count + 1);
            return;
        }

        if (_free is null || !_free.TryPop(out var slot))
        {
            slot = _used++;
            EnsureSlots(_used);
        }

        subscription.Slot = slot;
        Volatile.Write(ref _slots[slot], subscription);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Whether subscribers changed their slots; a wake that was under way may then have missed one and is to be repeated.</summary>
    public bool Remove(Subscription subscription)
    {
        if (_first == subscription)
        {
            Volatile.Write(ref _first, null);
            Volatile.Write(ref _count, _count - 1);
            return false;
        }

        if (subscription.Slot == FirstSlot || _slots.Length <= subscription.Slot || _slots[subscription.Slot] != subscription)
        {
            return false;
        }

        Volatile.Write(ref _slots[subscription.Slot], null);
        (_free ??= new()).Push(subscription.Slot);
        Volatile.Write(ref _count, _count - 1);
        if (_slots.Length <= InlineLimit || _count > _slots.Length / 4)
        {
            return false;
        }

        Pack();
        return true;
    }

    /// <summary>Shows all where the log of their channel begins.</summary>
    public void Start(LogSegment first)
    {
        _first?.Start(first);
        foreach (var subscription in _slots)
        {
            subscription?.Start(first);
        }
    }

    public void Wake()
    {
        Volatile.Read(ref _first)?.Wake();
        var slots = Volatile.Read(ref _slots);

        // So few slots have no batch, although with the first one they are more than a few.
        if (!FansOut || slots.Length <= InlineLimit)
        {
            WakeRange(slots, 0, slots.Length);
            return;
        }

        foreach (var batch in Volatile.Read(ref _batches))
        {
            batch.Queue();
        }
    }

    public void WakeBatch(int start)
    {
        var slots = Volatile.Read(ref _slots);
        WakeRange(slots, start, Math.Min(start + BatchSize, slots.Length));
    }

    private static void WakeRange(Subscription?[] slots, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            Volatile.Read(ref slots[i])?.Wake();
        }
    }

    private void EnsureSlots(int count)
    {
        if (_slots.Length >= count)
        {
            return;
        }

        var slots = new Subscription?[Math.Max(count, _slots.Length * 2)];
        _slots.CopyTo(slots, 0);
        Publish(slots);
    }

    private void Pack()
    {
        var slots = new Subscription?[_slots.Length / 2];
        _used = 0;
        _free = null;
        foreach (var subscription in _slots)
        {
            if (subscription is not null)
            {
                subscription.Slot = _used;
                slots[_used++] = subscription;
            }
        }

        Publish(slots);
    }

    /// <summary>Batches first: whoever sees the slots finds a batch for each.</summary>
    private void Publish(Subscription?[] slots)
    {
        var batches = slots.Length <= InlineLimit ? 0 : (slots.Length + BatchSize - 1) / BatchSize;
        if (batches > _batches.Length)
        {
            var more = Enumerable.Range(_batches.Length, batches - _batches.Length).Select(i => new FanOutBatch(this, i * BatchSize));
            Volatile.Write(ref _batches, [.. _batches, .. more]);
        }

        Volatile.Write(ref _slots, slots);
    }
}
