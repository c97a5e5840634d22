using LoadTest.Client;
using LoadTest.Contestants;
using LoadTest.Running;

namespace LoadTest.Measuring;

/// <summary>
/// One stream to many subscribers of one process, in windows by turns without and with slow readers among them, so that
/// whatever else moves the figures moves both.
/// </summary>
internal static class SlowScenario
{
    private const int UntilToldToFinish = 999_999;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    public static async Task<(List<SlowResult> Windows, ClientReport Client)> RunAsync(Contestant contestant, LoadOptions options, CancellationToken cancellationToken)
    {
        await using var stage = await Stage.StartAsync(contestant, cancellationToken);
        await stage.WarmUpAsync(cancellationToken, shared: true);
        await using var client = ClientProcess.Start(stage.ClientOf(0, options.FanOut, UntilToldToFinish, options.Rate) with { Shared = true });
        await client.ConnectAsync(cancellationToken);
        await client.StartAsync(cancellationToken);
        await Task.Delay(Settling, TimeProvider.System, cancellationToken);

        var windows = new List<SlowResult>();
        for (var pair = 0; pair < options.Repeat; pair++)
        {
            windows.Add(new SlowResult("alone", IsDisturbed: false, await WindowAsync(client, options, cancellationToken)));
            windows.Add(new SlowResult($"with {options.Slow} slow", IsDisturbed: true, await DisturbedAsync(stage, client, options, cancellationToken)));
        }

        await stage.Provider.FinishAsync(cancellationToken);
        return (windows, await client.FinishAsync(cancellationToken));
    }

    /// <summary>The median of the windows' p99 with slow readers, over that without.</summary>
    public static double MovedBy(IReadOnlyList<SlowResult> windows) =>
        MedianP99(windows.Where(window => window.IsDisturbed)) / MedianP99(windows.Where(window => !window.IsDisturbed));

    private static async Task<WindowReport> DisturbedAsync(Stage stage, ClientProcess client, LoadOptions options, CancellationToken cancellationToken)
    {
        var slow = new List<SlowReader>();
        try
        {
            for (var i = 0; i < options.Slow; i++)
            {
                slow.Add(new SlowReader());
                await slow[^1].ConnectAsync(stage.Port, "load-0", cancellationToken);
            }

            // Until their buffers are full.
            await Task.Delay(options.Window, TimeProvider.System, cancellationToken);
            return await WindowAsync(client, options, cancellationToken);
        }
        finally
        {
            foreach (var reader in slow)
            {
                await reader.DisposeAsync();
            }
        }
    }

    private static async Task<WindowReport> WindowAsync(ClientProcess client, LoadOptions options, CancellationToken cancellationToken)
    {
        await client.WindowAsync(cancellationToken);
        await Task.Delay(options.Window, TimeProvider.System, cancellationToken);
        return await client.WindowAsync(cancellationToken);
    }

    private static double MedianP99(IEnumerable<SlowResult> windows) => Durations.Median(windows.Select(static window => window.Window.P99));
}
