namespace LoadTest.Measuring;

/// <summary>Memory of a contestant: what the kernel counts, and the managed heap where there is one.</summary>
internal readonly record struct MemoryState(long Resident, HeapState? Heap)
{
    public double ResidentKilobytesSince(MemoryState earlier, int parts) => (Resident - earlier.Resident) / 1024.0 / parts;

    public double? LiveKilobytesSince(MemoryState earlier, int parts) =>
        Heap is { } now && earlier.Heap is { } before ? (now.Live - before.Live) / 1024.0 / parts : null;
}
