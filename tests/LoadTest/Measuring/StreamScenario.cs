using System.Diagnostics;
using LoadTest.Contestants;
using LoadTest.Running;

namespace LoadTest.Measuring;

/// <summary>N streams of M tokens per second at once, measured in their steady state.</summary>
internal static class StreamScenario
{
    private const int UntilToldToFinish = 999_999;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    public static async Task<StreamResult> RunAsync(Contestant contestant, LoadOptions options, CancellationToken cancellationToken)
    {
        await using var stage = await Stage.StartAsync(contestant, cancellationToken);
        await stage.WarmUpAsync(cancellationToken);
        var idle = await stage.MemoryAsync(cancellationToken);

        await using var client = ClientProcess.Start(stage.ClientOf(0, options.Streams, UntilToldToFinish, options.Rate));
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
        var busy = await stage.MemoryAsync(cancellationToken);

        await stage.Provider.FinishAsync(cancellationToken);
        var report = await client.FinishAsync(cancellationToken);
        var stamps = await stage.Provider.StampsAsync(cancellationToken);
        return new StreamResult(contestant.Name)
        {
            Window = window,
            Client = report,
            Cpu = after - before,
            Allocated = allocated,
            Seconds = elapsed.TotalSeconds,
            ResidentKilobytes = busy.ResidentKilobytesSince(idle, options.Streams),
            LiveKilobytes = busy.LiveKilobytesSince(idle, options.Streams),
            Acknowledgment = Durations.Of(report.Acknowledged.Where(ack => ack.Value > 0 && stamps.ContainsKey(ack.Key)).Select(ack => ack.Value - stamps[ack.Key].HeadersSentAt)),
            Missing = stamps.Where(stream => stream.Key < options.Streams).Sum(stream => stream.Value.Sent) - report.Delivered,
        };
    }
}
