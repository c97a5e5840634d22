using BfProxy.Backplane;

namespace BfProxy.Tests.Backplane;

public sealed class MemoryStateStoreTests : StateStoreTests
{
    private readonly ManualTimeProvider _time = new();

    public MemoryStateStoreTests() => Store = new MemoryStateStore(_time);

    internal override IStateStore Store { get; }

    internal override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}
