namespace BfProxy.Hooks;

/// <summary>The messages of one connection that wait for their hook, oldest first. Guarded by its owner's lock.</summary>
internal sealed class MessageLane(string app, string connectionId)
{
    public string App => app;

    public string ConnectionId => connectionId;

    /// <summary>The oldest is the one being sent.</summary>
    public Queue<byte[]> Waiting { get; } = new();

    /// <summary>Sends what waits, one after the other; over when nothing does.</summary>
    public Task Run { get; set; } = Task.CompletedTask;
}
