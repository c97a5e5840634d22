using System.Collections.Concurrent;
using System.IO.Pipelines;
using BfProxy.Backplane;

namespace BfProxy.Sessions;

/// <summary>The answers of this node that are shown at others. A relay reads its answer as a visitor would, and counts as one.</summary>
internal sealed class AnswerRelays(RunningAnswers answers, INodeBus bus, TimeProvider time, ILogger<AnswerRelays> logger) : IHostedService
{
    private readonly ConcurrentDictionary<string, (AnswerRelay Relay, Task Run)> _relays = new(StringComparer.Ordinal);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        bus.Handle(RelayMessage.Join, JoinAsync);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var left = _relays.Values.ToList();
        left.ForEach(static known => known.Relay.Leave());
        await Task.WhenAll(left.Select(static known => known.Run)).WaitAsync(cancellationToken);
    }

    private ValueTask<byte[]?> JoinAsync(ReadOnlyMemory<byte> message)
    {
        var (id, node, session, place) = RelayMessage.ReadJoin(message);
        var pipe = new Pipe();
        var reader = new AnswerReader(RelayFormat.Instance, pipe.Writer);
        if (!answers.TryJoinHere(session, place, reader, out var answer))
        {
            return new(RelayMessage.No);
        }

        var relay = new AnswerRelay(id, node, bus, time);
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _relays[id] = (relay, RunAsync(begin.Task, id, relay, answer, reader, pipe, session, place));
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
