using System.Diagnostics;
using LoadTest.Contestants;
using LoadTest.Running;

namespace LoadTest.Measuring;

/// <summary>Hours of ordinary life in minutes: subscribers come, streams run to their end, subscribers go, some of them in the middle; always on channels that nobody used before.</summary>
internal static class SoakScenario
{
    private const int SecondsPerRound = 8;
    private const int EveryLeavingRound = 4;
    private static readonly TimeSpan UntilTheyLeave = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BetweenSamples = TimeSpan.FromSeconds(30);

    public static async Task<SoakResult> RunAsync(Contestant contestant, LoadOptions options, TimeSpan time, CancellationToken cancellationToken)
    {
        await using var stage = await Stage.StartAsync(contestant, cancellationToken);
        await stage.WarmUpAsync(cancellationToken);
        var samples = new List<SoakSample>();
        var failures = new List<string>();
        var (round, delivered, started) = (0, 0L, Stopwatch.GetTimestamp());
        do
        {
            delivered += await RoundAsync(stage, options, round++, failures, cancellationToken);
            var at = Stopwatch.GetElapsedTime(started);
            if (samples.Count == 0 || at - samples[^1].At >= BetweenSamples)
            {
                var memory = await stage.MemoryAsync(cancellationToken);
                samples.Add(new SoakSample(at, memory.Heap?.Live ?? 0, memory.Resident, round * options.Streams, delivered));
            }
        }
        while (Stopwatch.GetElapsedTime(started) < time);

        return new SoakResult(samples, failures);
    }

    private static async Task<long> RoundAsync(Stage stage, LoadOptions options, int round, List<string> failures, CancellationToken cancellationToken)
    {
        await using var client = ClientProcess.Start(stage.ClientOf(round * options.Streams, options.Streams, options.Rate * SecondsPerRound, options.Rate));
        await client.ConnectAsync(cancellationToken);
        await client.StartAsync(cancellationToken);
        if (round % EveryLeavingRound == EveryLeavingRound - 1)
        {
            await Task.Delay(UntilTheyLeave, TimeProvider.System, cancellationToken);
            return (await client.WindowAsync(cancellationToken)).Delivered;
        }

        var report = await client.FinishAsync(cancellationToken);
        if (!report.IsClean)
        {
            failures.Add($"round {round}: {report} {string.Join("; ", report.Failures)}");
        }

        return report.Delivered;
    }
}
