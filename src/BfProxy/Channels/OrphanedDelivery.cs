namespace BfProxy.Channels;

/// <summary>A <see cref="SideDelivery"/> whose node is gone. It is this node's to end, and nobody else's.</summary>
internal sealed record OrphanedDelivery(string App, string StreamId, IReadOnlyList<string> Channels, string? ActionName);
