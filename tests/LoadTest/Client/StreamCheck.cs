using FakeProvider.Load;

namespace LoadTest.Client;

/// <summary>Whether one stream came whole: every delta once and in order.</summary>
internal sealed class StreamCheck(int stream, ClientTally tally)
{
    private HashSet<int>? _missing;
    private int _next;

    public long Delivered { get; private set; }

    public long Repeated { get; private set; }

    public long OutOfOrder { get; private set; }

    /// <summary>Deltas of other streams.</summary>
    public long Misdelivered { get; private set; }

    public long Lost => _missing?.Count ?? 0;

    /// <summary>The delta that is the provider's last one has come.</summary>
    public bool SawLast { get; private set; }

    public void Observe(LoadMark mark, long now)
    {
        if (mark.Stream != stream)
        {
            Misdelivered++;
            return;
        }

        SawLast |= mark.IsLast;
        if (mark.Sequence < _next)
        {
            ObserveLate(mark.Sequence);
            return;
        }

        for (; _next < mark.Sequence; _next++)
        {
            (_missing ??= []).Add(_next);
        }

        _next++;
        Delivered++;
        tally.Observe(now - mark.SentAt);
    }

    private void ObserveLate(int sequence)
    {
        if (_missing?.Remove(sequence) == true)
        {
            OutOfOrder++;
            Delivered++;
        }
        else
        {
            Repeated++;
        }
    }
}
