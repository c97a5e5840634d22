using LoadTest.Contestants;
using LoadTest.Running;

namespace LoadTest.Measuring;

/// <summary>Subscribers to whom nothing happens but pings.</summary>
internal static class IdleScenario
{
    // Well below the usual limit of descriptors a process.
    private const int PerClient = 8000;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    public static async Task<IdleResult> RunAsync(Contestant contestant, LoadOptions options, CancellationToken cancellationToken)
    {
        await using var stage = await Stage.StartAsync(contestant, cancellationToken);
        await stage.WarmUpAsync(cancellationToken);
        var empty = await stage.MemoryAsync(cancellationToken);
        var clients = new List<ClientProcess>();
        try
        {
            for (var first = 0; first < options.Idle; first += PerClient)
            {
                clients.Add(ClientProcess.Start(stage.ClientOf(first, Math.Min(PerClient, options.Idle - first), 1, 1)));
                await clients[^1].ConnectAsync(cancellationToken);
            }

            await Task.Delay(Settling, TimeProvider.System, cancellationToken);
            var full = await stage.MemoryAsync(cancellationToken);
            var before = stage.Cpu(clients[0].Id).Contestant;
            await Task.Delay(options.Window, TimeProvider.System, cancellationToken);
            var cpu = stage.Cpu(clients[0].Id).Contestant - before;
            return new IdleResult(
                contestant.Name,
                full.LiveKilobytesSince(empty, options.Idle),
                full.ResidentKilobytesSince(empty, options.Idle),
                cpu / options.Seconds / options.Idle,
                await FailuresOfAsync(clients, cancellationToken));
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    private static async Task<IReadOnlyList<string>> FailuresOfAsync(List<ClientProcess> clients, CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        foreach (var client in clients)
        {
            failures.AddRange(await client.FailuresAsync(cancellationToken));
        }

        return failures;
    }
}
