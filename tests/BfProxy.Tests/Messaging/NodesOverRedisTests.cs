using BfProxy.Tests.Backplane;

namespace BfProxy.Tests.Messaging;

public sealed class NodesOverRedisTests(NodesOverRedisTests.FreshRedis redis) : NodesTests, IClassFixture<NodesOverRedisTests.FreshRedis>
{
    private static int _tests;

    /// <summary>Each test has a database of its own.</summary>
    internal override Task<UsersHost[]> StartAsync() =>
        UsersHost.StartNodesOverAsync($"{redis.Server.ConnectionString},defaultDatabase={Interlocked.Increment(ref _tests)},channelPrefix=t{_tests}", 3, OpenNames);

    public sealed class FreshRedis : IAsyncLifetime
    {
        internal RedisServer Server { get; } = new();

        public Task InitializeAsync() => Server.InitializeAsync();

        public Task DisposeAsync() => Server.DisposeAsync();
    }
}
