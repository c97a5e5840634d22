using BfProxy.Forwarding;

namespace BfProxy.Sessions;

/// <summary>An answer that another node has, as far as it told us. A node that falls silent is gone: the answer then closes as one whose provider failed.</summary>
internal sealed class RelayedAnswer : IDisposable
{
    private static readonly TimeSpan Patience = 5 * AnswerRelay.PulseInterval;

    private readonly Lock _gate = new();
    private readonly RunningAnswer _answer;
    private readonly ITimer _watch;

    public RelayedAnswer(RunningAnswer answer, TimeProvider time)
    {
        _answer = answer;
        _watch = time.CreateTimer(static state => ((RelayedAnswer)state!).Lose(), this, Patience, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes more text; false where nobody wants it any more.</summary>
    public bool Take(ReadOnlySpan<byte> escapedText)
    {
        lock (_gate)
        {
            if (_answer.IsOver)
            {
                return false;
            }

            _watch.Change(Patience, Timeout.InfiniteTimeSpan);
            if (!escapedText.IsEmpty)
            {
                _answer.Delta(escapedText);
                _answer.Flush();
            }

            return true;
        }
    }

    /// <summary>The other node has told all.</summary>
    public void End(byte[] events)
    {
        lock (_gate)
        {
            if (!_answer.IsOver)
            {
                _answer.EndAsTold(events);
            }
        }
    }

    /// <summary>Nothing more will be heard.</summary>
    public void Lose()
    {
        lock (_gate)
        {
            if (!_answer.IsOver)
            {
                _answer.Error(StreamErrors.LostOnTheWay());
            }
        }
    }

    public void Dispose() => _watch.Dispose();
}
