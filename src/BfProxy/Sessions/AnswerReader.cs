using System.IO.Pipelines;

namespace BfProxy.Sessions;

/// <summary>One visitor's response, into which an answer is written as it comes; what came meanwhile goes in one piece. Allocates nothing per delta.</summary>
/// <param name="format">How it is written.</param>
/// <param name="writer">The response; this is its only writer.</param>
internal sealed class AnswerReader(IAnswerFormat format, PipeWriter writer)
{
    private readonly ReaderSignal _signal = new();
    private int _position;
    private bool _isPingDue;
    private bool _hasBegun;

    public void Wake() => _signal.Raise();

    /// <summary>Writes until the answer is over or the visitor gone; true where he has all of it.</summary>
    public async Task<bool> ReadAsync(RunningAnswer answer, TimeProvider time, TimeSpan pingInterval, CancellationToken gone)
    {
        await using var ping = time.CreateTimer(static reader => ((AnswerReader)reader!).PingIsDue(), this, pingInterval, pingInterval);
        await using var left = gone.UnsafeRegister(static reader => ((AnswerReader)reader!).Wake(), this);
        while (!gone.IsCancellationRequested)
        {
            // Asked before the text is taken, lest the last of it be missed.
            var isOver = answer.IsOver;
            var text = answer.Take(ref _position);
            if (!text.IsEmpty)
            {
                format.WriteText(writer, text.Span);
            }
            else if (isOver)
            {
                return true;
            }
            else if (Volatile.Read(ref _isPingDue))
            {
                format.WritePing(writer);
            }
            else if (_hasBegun)
            {
                await _signal.WaitAsync();
                continue;
            }

            // Headers go out at once: with the text that is there already, or alone, since the first token may take its time.
            _hasBegun = true;
            Volatile.Write(ref _isPingDue, value: false);
            if ((await writer.FlushAsync(CancellationToken.None)).IsCompleted)
            {
                return false;
            }
        }

        return false;
    }

    private void PingIsDue()
    {
        Volatile.Write(ref _isPingDue, value: true);
        Wake();
    }
}
