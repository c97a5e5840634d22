namespace LoadTest.Measuring;

/// <summary>Bytes alive after a full collection, and bytes allocated since the process began.</summary>
internal readonly record struct HeapState(long Live, long Allocated);
