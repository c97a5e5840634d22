using System.Diagnostics;
using Checker.Nodes;

namespace Checker;

/// <summary>A deploy, again and again: one node after another is told to go, drains, and comes back. Nothing else breaks.</summary>
internal sealed class RollingRestart(CheckOptions options, IReadOnlyList<Node> nodes)
{
    /// <summary>Streams start before the first node goes, and between two.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(3);

    private int _restarts;
    private TimeSpan _longest;

    /// <summary>Ends when the time is up and each node was restarted at least once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (_restarts < nodes.Count || Stopwatch.GetElapsedTime(started) < options.Time)
        {
            await Task.Delay(Between, TimeProvider.System, cancellationToken);
            var node = nodes[_restarts % nodes.Count];
            var told = Stopwatch.GetTimestamp();
            await node.TerminateAsync(cancellationToken);
            var drained = Stopwatch.GetElapsedTime(told);
            _longest = drained > _longest ? drained : _longest;
            await node.StartAsync(cancellationToken);
            _restarts++;
        }

        await Task.Delay(Between, TimeProvider.System, cancellationToken);
    }

    public override string ToString() => FormattableString.Invariant($"rolled: {_restarts} restarts, longest drain {_longest.TotalSeconds:F1} s");
}
