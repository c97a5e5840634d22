using BfProxy.Backplane;
using StackExchange.Redis;

namespace BfProxy.Tests.Backplane;

public sealed class RedisTopicsTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_the_client_let_go_of_is_asked_for_again()
    {
        using var client = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var (subscriber, topics) = (client.GetSubscriber(), new RedisTopics());
        var heard = new TaskCompletionSource<byte[]>();
        topics.Add("kept", static (_, _) => { });
        await topics.AskAsync(subscriber, "kept");
        topics.Add("lost", (_, message) => heard.TrySetResult(message!));
        await topics.AskAsync(subscriber, "lost");
        Assert.False(await topics.RenewAsync(subscriber));

        await subscriber.UnsubscribeAsync("lost");
        Assert.Equal(0, await subscriber.PublishAsync("lost", "x"));

        Assert.True(await topics.RenewAsync(subscriber));
        Assert.Equal(1, await subscriber.PublishAsync("lost", "y"));
        Assert.Equal("y"u8.ToArray(), await heard.Task.WaitAsync(LongEnough));
        Assert.False(await topics.RenewAsync(subscriber));
    }

    [Fact]
    public async Task What_nobody_came_to_ask_for_is_asked_for()
    {
        using var client = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var (subscriber, topics) = (client.GetSubscriber(), new RedisTopics());
        topics.Add("new", static (_, _) => { });
        Assert.False(await topics.RenewAsync(subscriber));
        Assert.True(await topics.RenewAsync(subscriber));
        Assert.Equal(1, await subscriber.PublishAsync("new", "x"));
    }

    [Fact]
    public async Task A_topic_is_left_with_its_last_listener()
    {
        using var client = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var (subscriber, topics) = (client.GetSubscriber(), new RedisTopics());
        var (atOne, atTwo) = (new TaskCompletionSource<byte[]>(), new TaskCompletionSource<byte[]>());
        Action<RedisChannel, RedisValue> one = (_, message) => atOne.TrySetResult(message!);
        Action<RedisChannel, RedisValue> two = (_, message) => atTwo.TrySetResult(message!);
        foreach (var listener in (Action<RedisChannel, RedisValue>[])[one, two])
        {
            topics.Add("shared", listener);
            await topics.AskAsync(subscriber, "shared");
        }

        topics.Remove("shared", one);
        await topics.AskAsync(subscriber, "shared");
        Assert.Equal(1, await subscriber.PublishAsync("shared", "x"));
        Assert.Equal("x"u8.ToArray(), await atTwo.Task.WaitAsync(LongEnough));
        Assert.False(atOne.Task.IsCompleted);

        topics.Remove("shared", two);
        await topics.AskAsync(subscriber, "shared");
        Assert.Equal(0, await subscriber.PublishAsync("shared", "y"));
        Assert.False(await topics.RenewAsync(subscriber));
    }
}
