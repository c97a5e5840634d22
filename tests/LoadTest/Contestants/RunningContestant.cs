using LoadTest.Running;

namespace LoadTest.Contestants;

/// <summary>A contestant at work.</summary>
/// <param name="Port">Where clients go.</param>
/// <param name="Process">Whose CPU and memory count; none for direct.</param>
/// <param name="Probe">Where a .NET process tells its heap.</param>
internal sealed record RunningContestant(int Port, ChildProcess? Process, string? Probe) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Process?.DisposeAsync() ?? ValueTask.CompletedTask;
}
