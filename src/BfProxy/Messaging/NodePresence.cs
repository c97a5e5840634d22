namespace BfProxy.Messaging;

/// <summary>What one node knows of a scope.</summary>
/// <param name="DataCenter">Where the node is.</param>
/// <param name="All">All its connections.</param>
/// <param name="Channels">Its channels that somebody is on.</param>
internal sealed record NodePresence(string DataCenter, ChannelPresence All, IReadOnlyDictionary<string, ChannelPresence> Channels);
