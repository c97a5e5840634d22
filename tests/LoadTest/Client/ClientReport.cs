namespace LoadTest.Client;

/// <summary>What a client says at its end. Times are Stopwatch ticks by stream number.</summary>
internal sealed record ClientReport
{
    public long Delivered { get; init; }

    public long Lost { get; init; }

    public long Repeated { get; init; }

    public long OutOfOrder { get; init; }

    public long Misdelivered { get; init; }

    /// <summary>Offsets of a channel that were left out or came twice.</summary>
    public long OffsetFaults { get; init; }

    /// <summary>Streams without their last delta or their end.</summary>
    public int Unfinished { get; init; }

    public IReadOnlyList<string> Failures { get; init; } = [];

    public IReadOnlyDictionary<int, long> Acknowledged { get; init; } = new Dictionary<int, long>();

    public IReadOnlyDictionary<int, long> Stopped { get; init; } = new Dictionary<int, long>();

    public override string ToString() =>
        $"{Delivered} delivered, {Lost} lost, {Repeated} repeated, {OutOfOrder} out of order, {Misdelivered} misdelivered, {OffsetFaults} wrong offsets, {Unfinished} unfinished {string.Join('\n', Failures)}";

    public bool IsClean => Lost + Repeated + OutOfOrder + Misdelivered + OffsetFaults + Unfinished + Failures.Count == 0;
}
