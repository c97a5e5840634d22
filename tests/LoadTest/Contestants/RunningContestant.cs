using LoadTest.Running;

namespace LoadTest.Contestants;

/// <summary>A contestant at work.</summary>
/// <param name="Port">Where clients read.</param>
/// <param name="Process">Whose memory counts; none for direct.</param>
/// <param name="Probe">Where a .NET process tells its heap.</param>
internal sealed record RunningContestant(int Port, ChildProcess? Process, string? Probe) : IAsyncDisposable
{
    /// <summary>Where streams are asked for.</summary>
    public int ControlPort { get; init; } = Port;

    /// <summary>What else belongs to it, to be ended after it.</summary>
    public IReadOnlyList<ChildProcess> Peers { get; init; } = [];

    /// <summary>Whose CPU counts.</summary>
    public IEnumerable<ChildProcess> Processes => Process is { } process ? [process, .. Peers] : Peers;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Processes)
        {
            await process.DisposeAsync();
        }
    }
}
