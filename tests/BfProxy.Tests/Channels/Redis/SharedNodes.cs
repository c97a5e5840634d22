using BfProxy.Tests.Backplane;
using BfProxy.Tests.Host;

namespace BfProxy.Tests.Channels.Redis;

/// <summary>Two real applications that share a Redis of their own.</summary>
internal sealed class SharedNodes : IAsyncDisposable
{
    private SharedNodes(RedisServer redis, ProxyHost one, ProxyHost two) => (Redis, One, Two) = (redis, one, two);

    public RedisServer Redis { get; }

    public ProxyHost One { get; }

    public ProxyHost Two { get; }

    public static async Task<SharedNodes> StartAsync(Dictionary<string, string?>? settings = null)
    {
        var redis = new RedisServer();
        await redis.StartAsync();
        return new SharedNodes(redis, await StartNodeAsync(redis, settings), await StartNodeAsync(redis, settings));
    }

    public static Task<ProxyHost> StartNodeAsync(RedisServer redis, Dictionary<string, string?>? settings = null) =>
        ProxyHost.StartAsync(new(settings ?? [], StringComparer.Ordinal) { ["BfProxy:Backplane:Redis"] = redis.ConnectionString });

    public async ValueTask DisposeAsync()
    {
        Redis.Resume();
        await One.DisposeAsync();
        await Two.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
