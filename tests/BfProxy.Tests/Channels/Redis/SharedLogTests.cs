using BfProxy.Backplane;
using BfProxy.Channels;
using BfProxy.Channels.Redis;
using BfProxy.Telemetry;
using BfProxy.Tests.Backplane;
using Microsoft.Extensions.Logging.Abstractions;

namespace BfProxy.Tests.Channels.Redis;

/// <summary>What a channel in Redis does with what it is told twice, and a node's copy with what it hears out of order.</summary>
public sealed class SharedLogTests : IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly HubState _state = new(new ChannelsOptions()) { Now = 1 };
    private readonly ChannelKey _key = new(new ChannelScope("app", "host.example"), $"room {Guid.NewGuid():N} {{日}}/");
    private readonly RedisServer _redis;
    private readonly RedisLink _link;
    private readonly SharedLog _log;

    public SharedLogTests(RedisServer redis)
    {
        _redis = redis;
        _link = redis.Link();
        _log = new SharedLog(_link, _state, new RedisMetrics());
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _log.Metrics.Dispose();
        await _link.DisposeAsync();
    }

    [Fact]
    public async Task A_batch_that_comes_twice_is_appended_once_and_answered_as_before()
    {
        var one = await SayAsync("s", Deltas(1, 1, "a", "b"));
        var other = await SayAsync("t", Deltas(1, 1, "x"));
        var again = await SayAsync("s", Deltas(1, 1, "a", "b"));
        var next = await SayAsync("s", Deltas(2, 3, "c"));

        Assert.Equal((1, 3, 1, 4), (one!.Value.First, other!.Value.First, again!.Value.First, next!.Value.First));
        var read = await _log.ReadAsync(_key, 0, default);
        Assert.Equal([1, 3, 4], read.Entries.Select(entry => entry.First));
        Assert.Equal(4, read.Last);
    }

    [Fact]
    public async Task A_stream_that_was_ended_takes_nothing_more()
    {
        await SayAsync("s", Deltas(1, 1, "a"));
        var end = Deltas(int.MaxValue, 0, "end");
        end.IsLast = true;
        var ended = await _log.PublishAsync(_key, "s", null, end, BatchKind.Continuing, default);
        Assert.Equal((2, 2), (ended!.Value.First, ended.Value.Seq));

        Assert.Null(await SayAsync("s", Deltas(2, 2, "late")));
        Assert.Equal(2, (await _log.ReadAsync(_key, 0, default)).Last);
    }

    [Fact]
    public async Task What_arrives_early_or_twice_is_appended_in_order_and_once()
    {
        var replica = new Replica(_key, _log, _state);
        await replica.ReadyAsync();
        var entries = new List<Entry>();
        var elsewhere = new ChannelKey(_key.Scope, _key.Name + " elsewhere");
        for (var i = 1; i <= 6; i++)
        {
            entries.Add((await _log.PublishAsync(elsewhere, "s", "act", Deltas(i, i, $"{i}"), BatchKind.Own, default))!.Value with { Epoch = replica.Channel.EpochNumber });
        }

        foreach (var i in (int[])[1, 0, 0, 5, 4, 1, 3])
        {
            replica.Receive(entries[i]);
        }

        Assert.Equal(2, replica.Channel.LastOffset);
        replica.Receive(entries[2]);
        Assert.Equal(6, replica.Channel.LastOffset);
    }

    [Fact]
    public async Task A_gap_is_filled_from_the_log()
    {
        var replica = new Replica(_key, _log, _state);
        await MissAsync(replica);

        using var measured = new Measured(_log.Metrics.Meter);
        replica.Receive((await SayAsync("s", Deltas(1001, 1001, "y")))!.Value);

        Assert.True(await replica.CatchUpAsync());
        Assert.Equal(1001, replica.Channel.LastOffset);
        Assert.Equal(1, measured["bfproxy.redis.gaps filled"]);
        Assert.Equal(1, measured["bfproxy.redis.batches"]);
    }

    [Fact]
    public async Task What_is_on_its_way_is_waited_for_though_the_log_no_longer_has_it()
    {
        var time = new ManualTimeProvider();
        await using var link = new RedisLink(_redis.ConnectionString, time, NullLogger<RedisLink>.Instance);
        _state.Options = new ChannelsOptions { HistorySize = 1 };
        var replica = new Replica(_key, new SharedLog(link, _state, _log.Metrics), _state);
        var entries = await MissAsync(replica);

        using var measured = new Measured(_log.Metrics.Meter);
        var caughtUp = replica.CatchUpAsync();
        await time.TimerAsync(TimeSpan.FromMilliseconds(50));
        Assert.Equal(0, replica.Channel.LastOffset);
        entries.ForEach(entry => replica.Receive(entry));
        time.Advance(TimeSpan.FromMilliseconds(50));

        Assert.True(await caughtUp);
        Assert.Equal(1000, replica.Channel.LastOffset);
        Assert.Equal(0, measured["bfproxy.redis.gaps lost"]);
    }

    [Fact]
    public async Task Of_a_gap_only_what_is_neither_in_the_log_nor_here_is_lost()
    {
        _state.Options = new ChannelsOptions { HistorySize = 1 };
        var replica = new Replica(_key, _log, _state);
        var entries = await MissAsync(replica);

        using var measured = new Measured(_log.Metrics.Meter);
        entries.Skip(5).Take(10).ToList().ForEach(entry => replica.Receive(entry));
        Assert.True(await replica.CatchUpAsync());
        Assert.Equal(1000, replica.Channel.LastOffset);
        Assert.Equal(2, measured["bfproxy.redis.gaps lost"]);
    }

    [Fact]
    public async Task A_gap_that_the_log_no_longer_covers_is_lost_and_counted()
    {
        _state.Options = new ChannelsOptions { HistorySize = 1 };
        var replica = new Replica(_key, _log, _state);
        await MissAsync(replica);

        using var measured = new Measured(_log.Metrics.Meter);
        Assert.True(await replica.CatchUpAsync());
        Assert.Equal(1000, replica.Channel.LastOffset);
        Assert.Equal(1, measured["bfproxy.redis.gaps lost"]);
        Assert.Equal(0, measured["bfproxy.redis.epochs"]);
    }

    [Fact]
    public async Task A_stream_keeps_its_seq_over_a_new_epoch_and_one_that_ended_stays_ended()
    {
        await SayAsync("runs", Deltas(1, 1, "a", "b"));
        var over = Deltas(1, 1, "x");
        over.IsLast = true;
        await SayAsync("over", over);
        await _log.RenewAsync(_key, default);

        Assert.Null(await SayAsync("over", Deltas(2, 2, "late")));
        var ended = await _log.PublishAsync(_key, "runs", "act", LastWords.From(1), BatchKind.Continuing, default);
        Assert.Equal((1, 3), (ended!.Value.First, ended.Value.Seq));
        var again = await _log.PublishAsync(_key, "runs", "act", LastWords.From(2), BatchKind.Continuing, default);
        Assert.Equal((1, 3), (again!.Value.First, again.Value.Seq));
        Assert.Equal(2, (await _log.ReadAsync(_key, 0, default)).Last);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_says_nothing_in_a_new_epoch_is_still_known_by_action_and_seq(bool isEmptied)
    {
        var replica = new Replica(_key, _log, _state);
        await replica.ReadyAsync();
        var entry = await SayAsync("s", Deltas(1, 1, "a", "b"));
        await replica.CatchUpAsync();
        Assert.Equal(2, replica.Channel.LastOffset);
        for (var epoch = 0; epoch < 2; epoch++)
        {
            await (isEmptied ? _link.RunAsync(database => database.ExecuteAsync("FLUSHALL"), default) : _log.RenewAsync(_key, default));
            await replica.CatchUpAsync();
            Assert.NotEqual(entry!.Value.Epoch, replica.Channel.EpochNumber);
        }

        Assert.Equal(new UnfinishedStream("s", "act", 3), Assert.Single(replica.Unfinished()));
        replica.Receive((await SayAsync("s", Deltas(2, 3, "c")))!.Value);
        Assert.Equal(new UnfinishedStream("s", "act", 4), Assert.Single(replica.Unfinished()));
        var end = Deltas(3, 4);
        end.IsLast = true;
        replica.Receive((await SayAsync("s", end))!.Value);
        Assert.Empty(replica.Unfinished());
    }

    [Fact]
    public async Task A_copy_that_has_missed_an_end_with_its_history_knows_that_there_was_one()
    {
        var replica = new Replica(_key, _log, _state);
        await replica.ReadyAsync();
        await SayAsync("s", Deltas(1, 1, "a"));
        await replica.CatchUpAsync();
        await replica.LeaveAsync();
        var last = Deltas(2, 2, "b");
        last.IsLast = true;
        await SayAsync("s", last);
        await _log.RenewAsync(_key, default);
        await replica.CatchUpAsync();

        Assert.Equal(new UnfinishedStream("s", "act", 2, HasEnded: true), Assert.Single(replica.Unfinished()));
        replica.LetGo("s");
        Assert.Empty(replica.Unfinished());
    }

    [Fact]
    public async Task An_end_that_was_lost_with_its_history_is_said_again_once_an_epoch_under_its_own_seq()
    {
        var last = Deltas(1, 1, "a", "b");
        (last.IsLast, last.LastWords) = (true, new Batch { Number = 0, Seq = 0, IsLast = true });
        last.LastWords.Add(0, "how it ended"u8);
        last.Add(0, "how it ended"u8);
        await SayAsync("s", last);
        await _log.RenewAsync(_key, default);

        Assert.Equal(("how it ended", 3), (TextOf(Assert.Single((await _log.ReadAsync(_key, 0, default)).Entries)), (await _log.ReadAsync(_key, 0, default)).Entries[0].Seq));
        Assert.NotNull(await _log.PublishAsync(_key, "s", "act", LastWords.From(2), BatchKind.Continuing, default));
        var restated = await _log.PublishAsync(_key, "s", "act", LastWords.From(2), BatchKind.Restating, default);
        var again = await _log.PublishAsync(_key, "s", "act", LastWords.From(1), BatchKind.Restating, default);
        foreach (var entry in (Entry?[])[restated, again])
        {
            Assert.Equal((1, 3), (entry!.Value.First, entry.Value.Seq));
            Assert.Equal("how it ended", TextOf(entry.Value));
        }

        var read = await _log.ReadAsync(_key, 0, default);
        Assert.Equal(("how it ended", 1L), (TextOf(Assert.Single(read.Entries)), read.Last));
        Assert.NotEqual(0, Assert.Single(read.Streams).EndedAt);
    }

    [Fact]
    public async Task A_stream_that_redis_knows_nothing_of_is_ended_after_what_was_seen_of_it()
    {
        var ended = await _log.PublishAsync(_key, "s", "act", LastWords.From(7), BatchKind.Continuing, default);
        Assert.Equal((1, 7), (ended!.Value.First, ended.Value.Seq));
    }

    /// <summary>Makes a copy of the channel that hears nothing, and says a thousand things that it so misses.</summary>
    private async Task<List<Entry>> MissAsync(Replica replica)
    {
        await replica.ReadyAsync();
        await replica.LeaveAsync();
        var entries = new List<Entry>();
        for (var i = 1; i <= 1000; i++)
        {
            entries.Add((await SayAsync("s", Deltas(i, i, "x")))!.Value);
        }

        return entries;
    }

    private Task<Entry?> SayAsync(string streamId, Batch batch) => _log.PublishAsync(_key, streamId, "act", batch, BatchKind.Own, default);

    private static string TextOf(Entry entry)
    {
        var body = new EntryBody(entry.Body.Span);
        Assert.True(body.IsLast);
        Assert.True(body.TryTake(out _, out var text));
        return System.Text.Encoding.UTF8.GetString(text);
    }

    private static Batch Deltas(int number, int seq, params string[] texts)
    {
        var batch = new Batch { Number = number, Seq = seq };
        foreach (var text in texts)
        {
            batch.Add(1, System.Text.Encoding.UTF8.GetBytes(text));
        }

        return batch;
    }
}
