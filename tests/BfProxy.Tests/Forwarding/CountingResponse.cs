using BfProxy.Forwarding;
using BfProxy.Transforms.Contract;

namespace BfProxy.Tests.Forwarding;

/// <summary>Takes anything as content, and tells when the first and the second piece of it came.</summary>
internal sealed class CountingResponse : ResponseReader
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _pieces;

    public Task First => _first.Task;

    public Task Second => _second.Task;

    public override bool HasContent => _pieces > 0;

    public override bool IsFinished => false;

    public override BfError? Error => null;

    public override bool Accepts(string? mediaType) => true;

    public override void Push(ReadOnlySpan<byte> bytes)
    {
        (++_pieces == 1 ? _first : _second).TrySetResult();
    }

    public override void Complete()
    {
        // Nobody asks.
    }

    public override void Fail(BfError error)
    {
        // Nobody asks.
    }

    public override void Stop()
    {
        // Nobody asks.
    }

    public override void Dispose()
    {
        // Nothing is held.
    }
}
