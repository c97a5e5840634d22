using BfProxy.Backplane;

namespace BfProxy.Tests.Backplane;

public sealed class MemoryLimitStoreTests : LimitStoreTests
{
    private readonly ManualTimeProvider _time = new();

    public MemoryLimitStoreTests() => Store = new MemoryLimitStore(_time);

    internal override ILimitStore Store { get; }

    internal override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}
