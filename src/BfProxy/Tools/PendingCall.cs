namespace BfProxy.Tools;

/// <summary>One call that waits for an answer. Whoever answers first, or the clock, decides.</summary>
internal sealed class PendingCall(string id, string app)
{
    private readonly TaskCompletionSource<byte[]?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id => id;

    public Task<byte[]?> Answer => _answer.Task;

    public AnswerStatus TryAnswer(string answeringApp, byte[] answer)
    {
        if (answeringApp != app)
        {
            return AnswerStatus.NotFound;
        }

        return _answer.TrySetResult(answer) ? AnswerStatus.Accepted : AnswerStatus.AlreadyAnswered;
    }

    /// <summary>Time is over; an answer that came in the same moment still counts.</summary>
    public byte[]? GiveUp()
    {
        _answer.TrySetResult(null);
        return _answer.Task.IsCompletedSuccessfully ? _answer.Task.GetAwaiter().GetResult() : null;
    }
}
