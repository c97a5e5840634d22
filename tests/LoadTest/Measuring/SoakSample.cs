namespace LoadTest.Measuring;

/// <summary>Memory after so much of a soak: what is alive after a full collection, and what the kernel counts.</summary>
internal readonly record struct SoakSample(TimeSpan At, long Live, long Resident, int Streams, long Delivered);
