using System.Collections.Concurrent;
using System.IO.Pipelines;
using BfProxy.Backplane;

namespace BfProxy.Sessions;

/// <summary>The answers of this node that are shown at others. A relay reads its answer as a visitor would, and counts as one.</summary>
internal sealed class AnswerRelays(RunningAnswers answers, INodeBus bus, TimeProvider time, ILogger<AnswerRelays> logger) : IHostedService, IDisposable
{
    /// <summary>For what relays have yet to tell when the node goes; the drain has ended their answers by then.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Task> _relays = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private volatile bool _isStopping;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        bus.Handle(RelayMessage.Join, JoinAsync);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        await Task.WhenAll(_relays.Values).WaitAsync(LastWords, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopping.CancelAsync();
        await Task.WhenAll(_relays.Values).WaitAsync(cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    private ValueTask<byte[]?> JoinAsync(ReadOnlyMemory<byte> message)
    {
        var (id, node, session, place) = RelayMessage.ReadJoin(message);
        var pipe = new Pipe();
        var reader = new AnswerReader(RelayFormat.Instance, pipe.Writer);
        if (_isStopping || !answers.TryJoinHere(session, place, reader, out var answer))
        {
            return new(RelayMessage.No);
        }

        var relay = new AnswerRelay(id, node, bus, time, _stopping.Token);
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _relays[id] = RunAsync(begin.Task, id, relay, answer, reader, pipe, session, place);
        begin.SetResult();
        return new(RelayMessage.Yes);
    }

    private async Task RunAsync(Task begin, string id, AnswerRelay relay, RunningAnswer answer, AnswerReader reader, Pipe pipe, string session, int place)
    {
        await begin;
        try
        {
            await relay.RunAsync(answer, reader, pipe);
        }
        catch (Exception exception)
        {
            // The edge of a background loop: the other node misses the signs of life and closes the answer for its visitor.
            SessionsLog.NotRelayed(logger, exception);
        }
        finally
        {
            answers.Leave(answer, session, place, reader);
            _relays.TryRemove(id, out _);
            relay.Dispose();
        }
    }
}
