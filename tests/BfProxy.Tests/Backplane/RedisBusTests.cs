using System.Text;
using BfProxy.Backplane;
using Microsoft.Extensions.Logging.Abstractions;

namespace BfProxy.Tests.Backplane;

/// <summary>Two nodes on one Redis talk to each other.</summary>
public sealed class RedisBusTests(RedisServer redis) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private readonly List<RedisLink> _links = [];
    private RedisBus _one = null!;
    private RedisBus _two = null!;

    public async Task InitializeAsync()
    {
        _one = await StartAsync();
        _two = await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _one.StopAsync(default);
        await _two.StopAsync(default);
        foreach (var link in _links)
        {
            await link.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_node_that_is_asked_answers()
    {
        _two.Handle("double", message => new([.. message.Span, .. message.Span]));
        _two.Handle("silent", _ => new((byte[]?)null));

        Assert.Equal("日日", Encoding.UTF8.GetString((await AskAsync(_two.NodeId, "double", "日"))!));
        Assert.Empty((await AskAsync(_two.NodeId, "double", ""))!);
        Assert.Null(await AskAsync(_two.NodeId, "silent", "x"));
        Assert.Null(await AskAsync(_two.NodeId, "unknown", "x"));
        Assert.Null(await AskAsync(new string('0', 32), "double", "x"));
    }

    [Fact]
    public async Task Many_questions_at_once_each_get_their_own_answer()
    {
        _two.Handle("echo", message => new(message.ToArray()));
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => AskAsync(_two.NodeId, "echo", $"{i}")));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), answers.Select(answer => Encoding.UTF8.GetString(answer!)));
    }

    [Fact]
    public async Task What_all_are_told_each_hears_once()
    {
        var heard = new TaskCompletionSource();
        var (atOne, atTwo) = (0, 0);
        _one.Handle("news", _ =>
        {
            atOne++;
            return new((byte[]?)null);
        });
        _two.Handle("news", _ =>
        {
            atTwo++;
            heard.TrySetResult();
            return new((byte[]?)null);
        });

        await _one.TellAllAsync("news", "x"u8.ToArray(), default);
        await heard.Task.WaitAsync(LongEnough);
        _one.Handle("fence", _ => new([]));
        Assert.NotNull(await _two.AskAsync(_one.NodeId, "fence", default, default));
        Assert.Equal((1, 1), (atOne, atTwo));
    }

    [Fact]
    public async Task A_handler_that_fails_is_as_silent_as_a_node_that_is_gone_and_the_next_message_is_heard()
    {
        _two.Handle("bad", _ => throw new InvalidOperationException("on purpose"));
        _two.Handle("good", _ => new([1]));
        var bad = AskAsync(_two.NodeId, "bad", "x");
        Assert.Single((await AskAsync(_two.NodeId, "good", "x"))!);
        Assert.Null(await bad);
    }

    private async Task<RedisBus> StartAsync()
    {
        var link = redis.Link();
        _links.Add(link);
        await AnsweredAsync(link);
        var bus = new RedisBus(link, TimeProvider.System, NullLogger<RedisBus>.Instance);
        await bus.StartAsync(default);
        return bus;
    }

    /// <summary>On a busy machine the first connection may take longer than a node waits for Redis.</summary>
    private static async Task AnsweredAsync(RedisLink link)
    {
        using var patience = new CancellationTokenSource(LongEnough);
        while (true)
        {
            try
            {
                await link.RunAsync(static database => database.PingAsync(), patience.Token);
                return;
            }
            catch (StateUnavailableException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
            }
        }
    }

    private Task<byte[]?> AskAsync(string node, string kind, string text) => _one.AskAsync(node, kind, Encoding.UTF8.GetBytes(text), default).AsTask();
}
