using BfProxy.Backplane;
using Microsoft.Extensions.Logging.Abstractions;

namespace BfProxy.Tests.Backplane;

/// <summary>What the shared state does while Redis is gone, paused, or has lost what it held.</summary>
public sealed class RedisAwayTests : IAsyncLifetime
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private readonly RedisServer _redis = new();
    private RedisLink _link = null!;
    private RedisStateStore _store = null!;

    public async Task InitializeAsync()
    {
        await _redis.StartAsync();
        _link = _redis.Link();
        _store = new RedisStateStore(_link);
    }

    public async Task DisposeAsync()
    {
        await _link.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task A_paused_redis_keeps_nobody_waiting_and_is_noticed()
    {
        await _store.SetAsync("key", "1"u8.ToArray(), null, default);
        var away = ChangeAsync(_link);
        _redis.Pause();
        await Assert.ThrowsAsync<StateUnavailableException>(async () => await _store.GetAsync("key", default).AsTask().WaitAsync(LongEnough));
        await away;
        Assert.True(_link.IsAway);
        var refused = _store.GetAsync("key", default);
        Assert.True(refused.IsCompleted);
        await Assert.ThrowsAsync<StateUnavailableException>(async () => await refused);

        var back = ChangeAsync(_link);
        _redis.Resume();
        await back;
        Assert.Equal("1"u8.ToArray(), await _store.GetAsync("key", default));
    }

    [Fact]
    public async Task A_redis_that_was_killed_and_started_again_is_used_again_and_its_loss_is_told()
    {
        await _store.SetAsync("key", "1"u8.ToArray(), null, default);
        Assert.True(await _store.TryReplaceAsync("key", "1"u8.ToArray(), "2"u8.ToArray(), null, default));
        var returned = new TaskCompletionSource();
        _store.Returned += () => returned.TrySetResult();
        var away = ChangeAsync(_link);
        await _redis.StopAsync();
        await away;
        var back = ChangeAsync(_link);
        await _redis.StartAsync();
        await back;
        await returned.Task.WaitAsync(LongEnough);

        Assert.Null(await _store.GetAsync("key", default));
        await _store.SetAsync("key", "1"u8.ToArray(), null, default);
        Assert.True(await _store.TryReplaceAsync("key", "1"u8.ToArray(), "2"u8.ToArray(), null, default));
    }

    [Fact]
    public async Task A_node_may_start_before_its_redis()
    {
        await _redis.StopAsync();
        await using var link = _redis.Link();
        var away = ChangeAsync(link);
        var store = new RedisStateStore(link);
        await Assert.ThrowsAsync<StateUnavailableException>(async () => await store.GetAsync("key", default).AsTask().WaitAsync(LongEnough));
        var heard = new TaskCompletionSource<byte[]>();
        // Holds also where the call itself fails, as it may while the first connection is still tried.
        await Record.ExceptionAsync(() => link.SubscribeAsync("topic", (_, message) => heard.TrySetResult(message!), default));
        await away;

        var back = ChangeAsync(link);
        await _redis.StartAsync();
        await back;

        await store.SetAsync("key", "1"u8.ToArray(), null, default);
        Assert.Equal("1"u8.ToArray(), await store.GetAsync("key", default));
        using var patience = new CancellationTokenSource(LongEnough);
        while (await link.RunAsync(database => database.PublishAsync("topic", "x"), patience.Token) == 0)
        {
            // It takes its subscriptions along to the new server by itself.
        }

        Assert.Equal("x"u8.ToArray(), await heard.Task.WaitAsync(LongEnough));
    }

    [Fact]
    public async Task A_connection_that_died_without_a_word_is_replaced_and_what_was_listened_to_is_heard_again()
    {
        await using var relay = new SilentRelay(_redis.Port);
        await using var link = new RedisLink($"127.0.0.1:{relay.Port}", TimeProvider.System, NullLogger<RedisLink>.Instance);
        var (heard, reconnected) = (new TaskCompletionSource<byte[]>(), new TaskCompletionSource());
        await link.SubscribeAsync("topic", (_, message) => heard.TrySetResult(message!), default);
        await link.RunAsync(database => database.StringSetAsync("key", "1"), default);
        link.Reconnected += () => reconnected.TrySetResult();

        relay.FallSilent();

        await reconnected.Task.WaitAsync(LongEnough * 2);
        Assert.False(link.IsAway);
        Assert.Equal("1", await link.RunAsync(database => database.StringGetAsync("key"), default));
        Assert.Equal(1, await _link.RunAsync(database => database.PublishAsync("topic", "x"), default));
        Assert.Equal("x"u8.ToArray(), await heard.Task.WaitAsync(LongEnough));
    }

    private static async Task ChangeAsync(RedisLink link)
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        link.Changed += Note;
        await changed.Task.WaitAsync(LongEnough);
        link.Changed -= Note;

        // It may change once more before we have left.
        void Note() => changed.TrySetResult();
    }
}
