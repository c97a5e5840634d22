namespace BfProxy.Messaging;

/// <summary>Settings of presence.</summary>
internal sealed class PresenceOptions
{
    /// <summary>The data center that this node's connections are counted in.</summary>
    public string DataCenter { get; init; } = "default";
}
