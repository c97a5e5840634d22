namespace BfProxy.Backplane;

/// <summary>How the nodes of one deployment talk to each other. Alone, a node talks to itself.</summary>
internal interface INodeBus
{
    /// <summary>This process, until it ends; 128 random bits.</summary>
    string NodeId { get; }

    /// <summary>Registers who answers messages of a kind, once each, before the first message. A null answer says nothing.</summary>
    void Handle(string kind, Func<ReadOnlyMemory<byte>, ValueTask<byte[]?>> handler);

    /// <summary>Tells every node, this one included. A node that is away does not hear of it.</summary>
    ValueTask TellAllAsync(string kind, ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>Asks one node; null where it is gone, does not answer in time, or has nothing to say.</summary>
    ValueTask<byte[]?> AskAsync(string nodeId, string kind, ReadOnlyMemory<byte> message, CancellationToken cancellationToken);
}
