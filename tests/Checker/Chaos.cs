using Checker.Nodes;
using LoadTest.Running;

namespace Checker;

/// <summary>Breaks things, one after another, as long as it is let.</summary>
internal sealed class Chaos(CheckOptions options, IReadOnlyList<Node> nodes, RedisProcess? redis, Crowd crowd, Random dice)
{
    private static readonly TimeSpan BetweenResets = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan BetweenTabCloses = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan NodeAway = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RedisPaused = TimeSpan.FromSeconds(2);

    public int Resets { get; private set; }

    public int TabsClosed { get; private set; }

    public int Kills { get; private set; }

    public int RedisPauses { get; private set; }

    public int RedisRestarts { get; private set; }

    public override string ToString() => $"broken: {Resets} TCP resets, {TabsClosed} tabs closed, {Kills} nodes killed, {RedisPauses} Redis pauses, {RedisRestarts} Redis restarts";

    /// <summary>Ends when the time is up and each server has been broken at least once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(options.Time);
        if (options.Calm)
        {
            await PassAsync(options.Time, cancellationToken);
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var clients = Task.WhenAll(ResetAsync(over.Token), CloseTabsAsync(over.Token));
        await BreakServersAsync(time.Token, cancellationToken);
        await PassAsync(options.Time, time.Token);
        await over.CancelAsync();
        await clients;
    }

    private async Task ResetAsync(CancellationToken cancellationToken)
    {
        while (await PassAsync(BetweenResets, cancellationToken))
        {
            crowd.Any(dice).Reset();
            Resets++;
        }
    }

    private async Task CloseTabsAsync(CancellationToken cancellationToken)
    {
        while (await PassAsync(BetweenTabCloses, cancellationToken))
        {
            await crowd.ReplaceAsync(dice);
            TabsClosed++;
        }
    }

    /// <summary>Each in its turn, spread over the time; each once, however short the time is.</summary>
    private async Task BreakServersAsync(CancellationToken timeIsUp, CancellationToken cancellationToken)
    {
        Func<Task>[] faults = [KillAsync, PauseRedisAsync, KillAsync, RestartRedisAsync, LoseBothAsync];
        var turn = options.Time / (2 * faults.Length);
        for (var round = 0; options.HasRedis && await PassAsync(turn, round < faults.Length ? cancellationToken : timeIsUp); round++)
        {
            await faults[round % faults.Length]();
        }
    }

    private async Task KillAsync()
    {
        var node = nodes[Kills++ % nodes.Count];
        await node.KillAsync();
        await PassAsync(NodeAway, CancellationToken.None);
        await node.StartAsync(CancellationToken.None);
    }

    private async Task PauseRedisAsync()
    {
        RedisPauses++;
        await redis!.PauseAsync(RedisPaused, CancellationToken.None);
    }

    private async Task RestartRedisAsync()
    {
        RedisRestarts++;
        await redis!.RestartAsync(CancellationToken.None);
    }

    /// <summary>A node dies, and with Redis goes all that the others knew of its streams.</summary>
    private async Task LoseBothAsync()
    {
        var kill = KillAsync();
        await RestartRedisAsync();
        await kill;
    }

    private static async Task<bool> PassAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        await Task.Delay(time, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }
}
