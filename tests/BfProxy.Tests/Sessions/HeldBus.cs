using System.Collections.Concurrent;
using BfProxy.Backplane;

namespace BfProxy.Tests.Sessions;

/// <summary>The way to a node that takes its time: each question is answered with yes, once the bus is released.</summary>
internal sealed class HeldBus : INodeBus
{
    private readonly ConcurrentDictionary<string, Func<ReadOnlyMemory<byte>, ValueTask<byte[]?>>> _handlers = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string NodeId => "here";

    /// <summary>The kinds of what was asked, in order.</summary>
    public IReadOnlyList<string> Asked => [.. _asked];

    /// <summary>When something was asked.</summary>
    public Task First => _first.Task;

    public void Release() => _released.TrySetResult();

    public void Handle(string kind, Func<ReadOnlyMemory<byte>, ValueTask<byte[]?>> handler) => Assert.True(_handlers.TryAdd(kind, handler));

    public async ValueTask TellAllAsync(string kind, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) => await _handlers[kind](message);

    public async ValueTask<byte[]?> AskAsync(string nodeId, string kind, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (nodeId == NodeId)
        {
            return await _handlers[kind](message);
        }

        _asked.Enqueue(kind);
        _first.TrySetResult();
        await _released.Task;
        return [1];
    }
}
