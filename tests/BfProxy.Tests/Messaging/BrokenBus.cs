using BfProxy.Backplane;

namespace BfProxy.Tests.Messaging;

/// <summary>A bus with a fault of its own, such as none should have.</summary>
internal sealed class BrokenBus : INodeBus
{
    public string NodeId => "node";

    public void Handle(string kind, Func<ReadOnlyMemory<byte>, ValueTask<byte[]?>> handler)
    {
    }

    public ValueTask TellAllAsync(string kind, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) => throw new NotSupportedException("broken");

    public ValueTask<byte[]?> AskAsync(string nodeId, string kind, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) => new((byte[]?)null);
}
