using System.Collections.Concurrent;
using BfProxy.Backplane;
using BfProxy.Forwarding;

namespace BfProxy.Sessions;

/// <summary>The answers of other nodes that are shown here.</summary>
internal sealed class RelayedAnswers
{
    private readonly ConcurrentDictionary<string, RelayedAnswer> _answers = new(StringComparer.Ordinal);
    private readonly INodeBus _bus;
    private readonly TimeProvider _time;

    public RelayedAnswers(INodeBus bus, TimeProvider time)
    {
        (_bus, _time) = (bus, time);
        bus.Handle(RelayMessage.Text, message => new(Told(message) ? RelayMessage.Yes : RelayMessage.No));
        bus.Handle(RelayMessage.End, Ended);
    }

    public string NodeId => _bus.NodeId;

    /// <summary>Has another node tell an answer that it has; false where that has none, or is gone.</summary>
    public async ValueTask<bool> TryFollowAsync(RunningAnswer answer, StoredSession stored, string node, CancellationToken cancellationToken)
    {
        var id = RunningStreams.NewId();
        var relayed = _answers[id] = new RelayedAnswer(answer, _time);
        var isTold = false;
        try
        {
            // Known before it is asked for: its text may be here before the reply.
            answer.Follow(() => Forget(id));
            isTold = RelayMessage.IsYes(await _bus.AskAsync(node, RelayMessage.Join, RelayMessage.WriteJoin(id, _bus.NodeId, stored), cancellationToken));
            return isTold;
        }
        finally
        {
            if (!isTold)
            {
                answer.Unfollow();
                Forget(id);
                relayed.Dispose();
            }
        }
    }

    /// <summary>The other node hears of it with its next sign of life.</summary>
    private void Forget(string id)
    {
        if (_answers.TryRemove(id, out var relayed))
        {
            relayed.Dispose();
        }
    }

    private bool Told(ReadOnlyMemory<byte> message)
    {
        var (id, text) = RelayMessage.Read(message);
        return _answers.TryGetValue(id, out var relayed) && relayed.Take(text.Span);
    }

    private ValueTask<byte[]?> Ended(ReadOnlyMemory<byte> message)
    {
        var (id, events) = RelayMessage.Read(message);
        if (_answers.TryRemove(id, out var relayed))
        {
            relayed.End(events.ToArray());
            relayed.Dispose();
        }

        return new(RelayMessage.Yes);
    }
}
