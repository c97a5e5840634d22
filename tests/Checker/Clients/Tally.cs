namespace Checker.Clients;

/// <summary>What all clients saw together. Used by many threads.</summary>
internal sealed class Tally
{
    private const int MaxExamples = 20;

    private readonly List<string> _examples = [];
    private long _delivered;
    private long _lost;
    private long _repeated;
    private long _disordered;
    private long _faults;
    private long _gaps;
    private long _connections;
    private long _broken;
    private readonly SortedDictionary<int, int> _closes = [];

    public long DeliveredCount => Interlocked.Read(ref _delivered);

    public long LostCount => Interlocked.Read(ref _lost);

    public long RepeatedCount => Interlocked.Read(ref _repeated);

    public long DisorderedCount => Interlocked.Read(ref _disordered);

    /// <summary>Wrong text, wrong seq, more than one end.</summary>
    public long FaultCount => Interlocked.Read(ref _faults);

    /// <summary>Times that a client was told that history does not reach back.</summary>
    public long GapCount => Interlocked.Read(ref _gaps);

    public long ConnectionCount => Interlocked.Read(ref _connections);

    /// <summary>Ends by error, as each listener saw them.</summary>
    public long BrokenCount => Interlocked.Read(ref _broken);

    public bool IsClean => LostCount + RepeatedCount + DisorderedCount + FaultCount == 0;

    public void Delivered(long offsets) => Interlocked.Add(ref _delivered, offsets);

    public void Connected() => Interlocked.Increment(ref _connections);

    public void Gap() => Interlocked.Increment(ref _gaps);

    public void Broken() => Interlocked.Increment(ref _broken);

    public void Lost(long offsets, string example) => Note(ref _lost, offsets, "lost: " + example);

    public void Repeated(long offsets, string example) => Note(ref _repeated, offsets, "repeated: " + example);

    public void Disordered(string example) => Note(ref _disordered, 1, "out of order: " + example);

    public void Fault(string example) => Note(ref _faults, 1, "fault: " + example);

    public void Closed(int code)
    {
        lock (_closes)
        {
            _closes[code] = _closes.GetValueOrDefault(code) + 1;
        }
    }

    public string Closes()
    {
        lock (_closes)
        {
            return string.Join(", ", _closes.Select(close => $"{close.Value} × {close.Key}"));
        }
    }

    public IReadOnlyList<string> Examples()
    {
        lock (_examples)
        {
            return [.. _examples];
        }
    }

    private void Note(ref long counter, long amount, string example)
    {
        Interlocked.Add(ref counter, amount);
        lock (_examples)
        {
            if (_examples.Count < MaxExamples)
            {
                _examples.Add(example);
            }
        }
    }
}
