using LoadTest.Client;

namespace LoadTest.Contestants;

/// <summary>
/// Something that stands between provider and reader; <paramref name="Start"/> puts it in front of the provider on a
/// port, with a directory for its files.
/// </summary>
internal sealed record Contestant(
    string Name,
    ClientKind Kind,
    Func<int, string, CancellationToken, Task<RunningContestant>> Start)
{
    /// <summary>Which provider, and so which dialect, BfProxy is to ask.</summary>
    public string Provider { get; init; } = "openai";
}
