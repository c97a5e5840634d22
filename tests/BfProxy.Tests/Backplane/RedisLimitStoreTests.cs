using BfProxy.Backplane;

namespace BfProxy.Tests.Backplane;

public sealed class RedisLimitStoreTests : LimitStoreTests, IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly RedisLink _link;

    public RedisLimitStoreTests(RedisServer redis)
    {
        _link = redis.Link();
        Store = new RedisLimitStore(_link);
    }

    internal override ILimitStore Store { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _link.DisposeAsync();

    /// <summary>Redis has a clock of its own.</summary>
    internal override Task PassAsync(TimeSpan time) => Task.Delay(time + TimeSpan.FromMilliseconds(20), TimeProvider.System);
}
