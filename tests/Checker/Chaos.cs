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

    public Task RunAsync(CancellationToken cancellationToken) =>
        options.Calm ? Task.CompletedTask : Task.WhenAll(ResetAsync(cancellationToken), CloseTabsAsync(cancellationToken), BreakServersAsync(cancellationToken));

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

    /// <summary>Each in its turn, spread over the time.</summary>
    private async Task BreakServersAsync(CancellationToken cancellationToken)
    {
        var turn = options.Time / 5;
        for (var round = 0; options.HasRedis && await PassAsync(turn, cancellationToken); round++)
        {
            switch (round % 4)
            {
                case 0 or 2:
                    await KillAsync(nodes[round / 2 % nodes.Count]);
                    break;
                case 1:
                    await redis!.PauseAsync(RedisPaused, cancellationToken);
                    RedisPauses++;
                    break;
                default:
                    await redis!.RestartAsync(CancellationToken.None);
                    RedisRestarts++;
                    break;
            }
        }
    }

    private async Task KillAsync(Node node)
    {
        await node.KillAsync();
        Kills++;
        await PassAsync(NodeAway, CancellationToken.None);
        await node.StartAsync(CancellationToken.None);
    }

    private static async Task<bool> PassAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        await Task.Delay(time, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }
}
