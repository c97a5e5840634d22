namespace LoadTest.Client;

/// <summary>One window of a client; latencies in milliseconds, from the provider's send to the client's read.</summary>
internal sealed record WindowReport(long Delivered, long Reads, double P50, double P99, double Max);
