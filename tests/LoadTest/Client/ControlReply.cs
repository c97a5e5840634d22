namespace LoadTest.Client;

/// <summary>An answer to a POST; <paramref name="At"/> is when its headers were read, in Stopwatch ticks.</summary>
internal sealed record ControlReply(int Status, string Body, long At);
