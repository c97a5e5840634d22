namespace BfProxy.Backplane;

/// <summary>
/// The nodes of a deployment, as each writes itself down from time to time. One that is asked and does not answer is struck out;
/// if it lives it comes back by itself, so that no clocks are compared.
/// </summary>
internal sealed class NodeDirectory(IStateStore store, INodeBus bus, TimeProvider time, ILogger<NodeDirectory> logger) : BackgroundService
{
    private const string Key = "backplane:nodes";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>The ids of all nodes, this one always among them.</summary>
    public async ValueTask<IReadOnlyCollection<string>> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            var nodes = await store.GetMapAsync(Key, cancellationToken);
            return [.. nodes.Keys.Append(bus.NodeId).Distinct(StringComparer.Ordinal)];
        }
        catch (StateUnavailableException)
        {
            return [bus.NodeId];
        }
    }

    /// <summary>Strikes out a node that does not answer.</summary>
    public async ValueTask ForgetAsync(string nodeId, CancellationToken cancellationToken)
    {
        try
        {
            await store.RemoveFieldsAsync(Key, [nodeId], cancellationToken);
        }
        catch (StateUnavailableException)
        {
            // Then it is asked once more, the next time.
        }
    }

    /// <summary>Written down before it serves.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await WriteDownAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // Also where the stop has run out of its time: the store bounds it.
        await ForgetAsync(bus.NodeId, CancellationToken.None);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await NextAsync(timer, stoppingToken))
        {
            await WriteDownAsync(stoppingToken);
        }
    }

    private static async ValueTask<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async ValueTask WriteDownAsync(CancellationToken stoppingToken)
    {
        try
        {
            await store.SetFieldsAsync(Key, new Dictionary<string, string>(StringComparer.Ordinal) { [bus.NodeId] = "" }, stoppingToken);
        }
        catch (Exception exception) when (exception is StateUnavailableException or OperationCanceledException)
        {
            // The next one, or none.
        }
        catch (Exception exception)
        {
            // The catch-all of this background loop: one fault must not end the process.
            BackplaneLog.NotWrittenDown(logger, exception);
        }
    }
}
