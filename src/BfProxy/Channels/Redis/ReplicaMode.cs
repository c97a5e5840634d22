namespace BfProxy.Channels.Redis;

/// <summary>How a node's copy of a channel stands to Redis.</summary>
internal enum ReplicaMode
{
    /// <summary>It is being read; what arrives meanwhile is held.</summary>
    Loading,

    /// <summary>It follows Redis.</summary>
    Shared,

    /// <summary>Redis is away, and this node goes on by itself.</summary>
    Alone,
}
