using System.Text;
using BfProxy.Backplane;
using BfProxy.Forwarding;

namespace BfProxy.Tools;

/// <summary>The runs on threads, known on every node: where each runs, and how it ended. A run's id is its stream's.</summary>
internal sealed class RunDirectory(IStateStore store, INodeBus bus, StreamStops stops)
{
    private const string KeyPrefix = "tools:run:";
    private const char Separator = '\n';
    private const int MaxIdLength = 128;

    /// <summary>How long a run is known; longer than any may take by its clocks as they are shipped.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    /// <summary>Makes a run known, or says how it ended.</summary>
    public ValueTask SetAsync(string app, string threadId, string runId, string status, CancellationToken cancellationToken) =>
        store.SetAsync(KeyPrefix + runId, Encoding.UTF8.GetBytes(string.Join(Separator, app, threadId, bus.NodeId, status)), Remembered, cancellationToken);

    /// <summary>Stops a run on whichever node it is, and says how it stands then.</summary>
    public async ValueTask<string> StopAsync(StreamOwner owner, string threadId, string runId, CancellationToken cancellationToken)
    {
        if (threadId.Length is 0 or > MaxIdLength || runId.Length is 0 or > MaxIdLength)
        {
            return RunStatus.Unknown;
        }

        if (await FindAsync(owner.App, threadId, runId, cancellationToken) is not (var node, var status))
        {
            return RunStatus.Unknown;
        }

        if (status != RunStatus.Running)
        {
            return status;
        }

        if (await stops.StopAtAsync(node, runId, owner, cancellationToken))
        {
            return RunStatus.Cancelled;
        }

        // It ended in this moment, or its node did.
        var now = await FindAsync(owner.App, threadId, runId, cancellationToken);
        return now is (_, not RunStatus.Running) ? now.Value.Status : RunStatus.Failed;
    }

    private async ValueTask<(string Node, string Status)?> FindAsync(string app, string threadId, string runId, CancellationToken cancellationToken) =>
        await store.GetAsync(KeyPrefix + runId, cancellationToken) is { } known
        && Encoding.UTF8.GetString(known).Split(Separator) is [var owner, var thread, var node, var status] && owner == app && thread == threadId
            ? (node, status)
            : null;
}
