using LoadTest.Contestants;
using LoadTest.Running;

namespace LoadTest.Measuring;

/// <summary>
/// Running streams are stopped one after another: by POST /llm/query/stop, or the assistants' own stop, or, where there is no such thing, by
/// closing the client's connection.
/// </summary>
internal static class StopScenario
{
    private const int UntilStopped = 999_999;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    public static async Task<StopResult> RunAsync(Contestant contestant, LoadOptions options, CancellationToken cancellationToken)
    {
        await using var stage = await Stage.StartAsync(contestant, cancellationToken);
        await stage.WarmUpAsync(cancellationToken);
        await using var client = ClientProcess.Start(stage.ClientOf(0, options.Stop, UntilStopped, options.Rate));
        await client.ConnectAsync(cancellationToken);
        await client.StartAsync(cancellationToken);
        await Task.Delay(Settling, TimeProvider.System, cancellationToken);
        await client.StopAsync(cancellationToken);

        // What has not arrived by now has not been passed on.
        await Task.Delay(Settling, TimeProvider.System, cancellationToken);
        var stamps = await stage.Provider.StampsAsync(cancellationToken);
        await stage.Provider.FinishAsync(cancellationToken);
        var report = await client.FinishAsync(cancellationToken);
        var seen = report.Stopped.Where(stop => stamps.TryGetValue(stop.Key, out var stream) && stream.GoneAt > 0).ToList();
        return new StopResult(
            contestant.Name,
            Durations.Of(seen.Select(stop => stamps[stop.Key].GoneAt - stop.Value)),
            options.Stop - seen.Count,
            report.Failures);
    }
}
