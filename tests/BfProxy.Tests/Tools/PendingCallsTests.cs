using System.Text;
using BfProxy.Backplane;
using BfProxy.Tools;

namespace BfProxy.Tests.Tools;

public sealed class PendingCallsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly byte[] Yes = "{\"success\":true}"u8.ToArray();
    private static readonly byte[] No = "{\"success\":false}"u8.ToArray();

    private readonly ManualTimeProvider _time = new();
    private readonly MemoryStateStore _store;
    private readonly PendingCalls _calls;

    public PendingCallsTests()
    {
        _store = new MemoryStateStore(_time);
        _calls = new PendingCalls(_store, new LocalBus(), _time);
    }

    [Fact]
    public async Task The_first_answer_counts_and_later_ones_are_told_so()
    {
        var call = await _calls.AddAsync("app", Patience);
        var waiting = _calls.WaitAsync(call, Patience, default);
        Assert.Equal(AnswerStatus.Accepted, await _calls.AnswerAsync("app", call.Id, Yes, default));
        Assert.Equal(Yes, await waiting);
        Assert.Equal(AnswerStatus.AlreadyAnswered, await _calls.AnswerAsync("app", call.Id, No, default));
    }

    [Fact]
    public async Task An_answer_may_come_before_anybody_waits()
    {
        var call = await _calls.AddAsync("app", Patience);
        Assert.Equal(AnswerStatus.Accepted, await _calls.AnswerAsync("app", call.Id, Yes, default));
        Assert.Equal(AnswerStatus.AlreadyAnswered, await _calls.AnswerAsync("app", call.Id, No, default));
        Assert.Equal(Yes, await _calls.WaitAsync(call, Patience, default));
    }

    [Fact]
    public async Task Another_app_cannot_answer_even_if_it_knows_the_id()
    {
        var call = await _calls.AddAsync("app", Patience);
        Assert.Equal(AnswerStatus.NotFound, await _calls.AnswerAsync("other", call.Id, Yes, default));
        Assert.Equal(AnswerStatus.Accepted, await _calls.AnswerAsync("app", call.Id, Yes, default));
        await _calls.WaitAsync(call, Patience, default);
        Assert.Equal(AnswerStatus.NotFound, await _calls.AnswerAsync("other", call.Id, Yes, default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    public async Task An_unknown_call_is_not_found(string id) =>
        Assert.Equal(AnswerStatus.NotFound, await _calls.AnswerAsync("app", id, Yes, default));

    [Fact]
    public async Task Who_waits_for_nobody_gives_up_when_the_time_is_over()
    {
        var call = await _calls.AddAsync("app", Patience);
        var waiting = _calls.WaitAsync(call, Patience, default);
        _time.Advance(Patience);
        Assert.Null(await waiting);
        Assert.Equal(AnswerStatus.AlreadyAnswered, await _calls.AnswerAsync("app", call.Id, Yes, default));
    }

    [Fact]
    public async Task Who_is_cancelled_waits_no_longer()
    {
        using var cancelled = new CancellationTokenSource();
        var call = await _calls.AddAsync("app", Patience);
        var waiting = _calls.WaitAsync(call, Patience, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(AnswerStatus.AlreadyAnswered, await _calls.AnswerAsync("app", call.Id, Yes, default));
    }

    [Fact]
    public async Task An_answer_that_arrives_on_another_node_finds_the_one_that_waits()
    {
        var bus = new TwoNodes();
        using var first = new PendingCalls(_store, bus.First, _time);
        using var second = new PendingCalls(_store, bus.Second, _time);
        var call = await first.AddAsync("my app", Patience);
        Assert.Equal(AnswerStatus.NotFound, await second.AnswerAsync("other", call.Id, Yes, default));
        Assert.Equal(AnswerStatus.Accepted, await second.AnswerAsync("my app", call.Id, Encoding.UTF8.GetBytes("a\nb"), default));
        Assert.Equal("a\nb", Encoding.UTF8.GetString((await first.WaitAsync(call, Patience, default))!));
        Assert.Equal(AnswerStatus.AlreadyAnswered, await second.AnswerAsync("my app", call.Id, No, default));
    }

    public void Dispose() => _calls.Dispose();

    /// <summary>Two local buses that hand each other what is not theirs.</summary>
    private sealed class TwoNodes
    {
        public TwoNodes() => (First, Second) = (new Node(this), new Node(this));

        public Node First { get; }

        public Node Second { get; }

        public sealed class Node(TwoNodes nodes) : INodeBus
        {
            private readonly LocalBus _own = new();

            public string NodeId => _own.NodeId;

            public void Handle(string kind, Func<ReadOnlyMemory<byte>, ValueTask<byte[]?>> handler) => _own.Handle(kind, handler);

            public async ValueTask TellAllAsync(string kind, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
            {
                await nodes.First._own.TellAllAsync(kind, message, cancellationToken);
                await nodes.Second._own.TellAllAsync(kind, message, cancellationToken);
            }

            public ValueTask<byte[]?> AskAsync(string nodeId, string kind, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
                (nodeId == nodes.First.NodeId ? nodes.First : nodes.Second)._own.AskAsync(nodeId, kind, message, cancellationToken);
        }
    }
}
