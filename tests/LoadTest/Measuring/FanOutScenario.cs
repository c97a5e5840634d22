using System.Diagnostics;
using LoadTest.Contestants;
using LoadTest.Running;

namespace LoadTest.Measuring;

/// <summary>One stream that many subscribers read.</summary>
internal static class FanOutScenario
{
    private const int UntilToldToFinish = 999_999;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    public static async Task<FanOutResult> RunAsync(Contestant contestant, LoadOptions options, CancellationToken cancellationToken)
    {
        await using var stage = await Stage.StartAsync(contestant, cancellationToken);
        await stage.WarmUpAsync(cancellationToken, shared: true);
        await using var client = ClientProcess.Start(stage.ClientOf(0, options.FanOut, UntilToldToFinish, options.Rate) with { Shared = true });
        await client.ConnectAsync(cancellationToken);
        await client.StartAsync(cancellationToken);
        await Task.Delay(Settling, TimeProvider.System, cancellationToken);

        var allocatedBefore = await stage.AllocatedAsync(cancellationToken);
        await client.WindowAsync(cancellationToken);
        var (before, since) = (stage.Cpu(client.Id), Stopwatch.GetTimestamp());
        await Task.Delay(options.Window, TimeProvider.System, cancellationToken);
        var window = await client.WindowAsync(cancellationToken);
        var (after, elapsed) = (stage.Cpu(client.Id), Stopwatch.GetElapsedTime(since));
        var allocated = await stage.AllocatedAsync(cancellationToken) - allocatedBefore;
        await stage.Provider.FinishAsync(cancellationToken);
        return new FanOutResult(contestant.Name, window, await client.FinishAsync(cancellationToken), after - before, allocated, elapsed.TotalSeconds);
    }
}
