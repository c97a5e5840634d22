using System.IO.Pipelines;
using BfProxy.Sessions;
using BfProxy.Transforms.Contract;
using Microsoft.Extensions.Logging.Abstractions;

namespace BfProxy.Tests.Sessions;

/// <summary>What becomes of answers that another node shows when this one goes, and of readers who come at odd moments.</summary>
public sealed class AnswerRelaysTests : IDisposable
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);
    private static readonly StoredSession Asked = new("session", new ChatSession { Bot = "shop" }, []);
    private static readonly Bot Shop = new("shop", new BotOptions(), Origins: null, DateTimeOffset.UnixEpoch);

    private readonly ManualTimeProvider _time = new();
    private readonly HeldBus _bus = new();
    private readonly RunningAnswers _answers;
    private readonly AnswerRelays _relays;
    private readonly RunningAnswer _answer;

    public AnswerRelaysTests()
    {
        _answers = new RunningAnswers(null!, null!, null!, new RelayedAnswers(_bus, _time), NullLogger<RunningAnswers>.Instance);
        _relays = new AnswerRelays(_answers, _bus, _time, NullLogger<AnswerRelays>.Instance);
        _answer = _answers.Join(Asked, Shop, new AnswerReader(EventFormat.Instance, PipeWriter.Create(Stream.Null)), out _);
    }

    public void Dispose() => _relays.Dispose();

    [Fact]
    public async Task A_node_that_goes_tells_the_end_of_an_answer_that_has_ended()
    {
        await _relays.StartAsync(default);
        Assert.Equal([1], await JoinAsync());
        Say("half");
        await _bus.First.WaitAsync(LongEnough);
        _answer.Error(new BfError { Status = 503, Message = "server going away", Kind = BfErrorKind.Overloaded });

        var stop = _relays.StopAsync(default);
        Assert.Equal([0], await JoinAsync());
        _bus.Release();
        await stop.WaitAsync(LongEnough);

        Assert.Equal([RelayMessage.Text, RelayMessage.Text, RelayMessage.End], _bus.Asked);
    }

    [Fact]
    public async Task A_node_that_goes_does_not_wait_for_an_answer_that_goes_on()
    {
        await _relays.StartAsync(default);
        Assert.Equal([1], await JoinAsync());
        Say("half");
        await _bus.First.WaitAsync(LongEnough);
        _bus.Release();

        var stop = _relays.StopAsync(default);
        _time.Advance(TimeSpan.FromSeconds(2));
        await stop.WaitAsync(LongEnough);

        Assert.DoesNotContain(RelayMessage.End, _bus.Asked);
    }

    [Fact]
    public async Task Who_is_there_before_an_answer_has_a_stream_hears_of_its_end_when_that_is_known()
    {
        _answer.Dispose();

        var end = _answer.EndAsync();
        Assert.False(end.IsCompleted);
        _answer.Begun();

        Assert.Equal("error", (await end.WaitAsync(LongEnough)).FinishReason);
    }

    private ValueTask<byte[]?> JoinAsync() => _bus.AskAsync(_bus.NodeId, RelayMessage.Join, RelayMessage.WriteJoin("relay", "there", Asked), default);

    private void Say(string text)
    {
        _answer.Delta(System.Text.Encoding.UTF8.GetBytes(text));
        _answer.Flush();
    }
}
