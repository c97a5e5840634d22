using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace BfProxy.Backplane;

/// <summary>The bus of a node that is alone.</summary>
internal sealed class LocalBus : INodeBus
{
    private const int IdBytes = 16;

    private readonly ConcurrentDictionary<string, Func<ReadOnlyMemory<byte>, ValueTask<byte[]?>>> _handlers = new(StringComparer.Ordinal);

    public string NodeId { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));

    public void Handle(string kind, Func<ReadOnlyMemory<byte>, ValueTask<byte[]?>> handler)
    {
        if (!_handlers.TryAdd(kind, handler))
        {
            throw new InvalidOperationException($"Messages of kind '{kind}' are handled already");
        }
    }

    public async ValueTask TellAllAsync(string kind, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (_handlers.TryGetValue(kind, out var handler))
        {
            await handler(message);
        }
    }

    public async ValueTask<byte[]?> AskAsync(string nodeId, string kind, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        string.Equals(nodeId, NodeId, StringComparison.Ordinal) && _handlers.TryGetValue(kind, out var handler) ? await handler(message) : null;
}
