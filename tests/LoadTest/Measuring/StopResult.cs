namespace LoadTest.Measuring;

/// <summary>How soon stops reached the provider; <paramref name="Unseen"/> never did.</summary>
internal sealed record StopResult(string Name, Durations Delay, int Unseen, IReadOnlyList<string> Failures);
