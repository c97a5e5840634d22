using System.Collections.Concurrent;
using BfProxy.Backplane;

namespace BfProxy.Tests.Messaging;

/// <summary>The buses of nodes that live in one process.</summary>
internal sealed class TwinBus(List<TwinBus> nodes, string id) : INodeBus
{
    private readonly ConcurrentDictionary<string, Func<ReadOnlyMemory<byte>, ValueTask<byte[]?>>> _handlers = new(StringComparer.Ordinal);

    public string NodeId => id;

    public void Handle(string kind, Func<ReadOnlyMemory<byte>, ValueTask<byte[]?>> handler) => Assert.True(_handlers.TryAdd(kind, handler));

    public async ValueTask TellAllAsync(string kind, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        foreach (var node in nodes)
        {
            await node._handlers[kind](message);
        }
    }

    public ValueTask<byte[]?> AskAsync(string nodeId, string kind, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        nodes.Find(node => node.NodeId == nodeId) is { } node ? node._handlers[kind](message) : new((byte[]?)null);
}
