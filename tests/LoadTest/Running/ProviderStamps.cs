namespace LoadTest.Running;

/// <summary>When the provider sent a stream's headers and saw its peer go (Stopwatch ticks, 0 = never), and how many deltas it sent.</summary>
internal readonly record struct ProviderStamps(long HeadersSentAt, long GoneAt, long Sent);
