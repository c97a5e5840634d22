namespace BfProxy.Forwarding;

/// <summary>Two rounds that are asked for the same answer: the first to bring content wins, and of the other nothing gets through.</summary>
/// <param name="won">Told of the winner before its content goes on.</param>
internal sealed class FirstTokenRace(Action<Round> won)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Round? _winner;

    /// <summary>Null while nobody has won.</summary>
    public Round? Winner => Volatile.Read(ref _winner);

    public Task Decided => _decided.Task;

    /// <summary>Whether the round's content may go on: it is the first, or was.</summary>
    public bool TryWin(Round round)
    {
        if (Winner is { } winner)
        {
            return ReferenceEquals(winner, round);
        }

        lock (_gate)
        {
            if (_winner is null)
            {
                Volatile.Write(ref _winner, round);
                won(round);
                _decided.TrySetResult();
            }
        }

        return ReferenceEquals(_winner, round);
    }

    /// <summary>The second round, made while no content gets through; null where there is none to make, or somebody has won already.</summary>
    public Round? Enter(Func<Round?> make)
    {
        lock (_gate)
        {
            if (_winner is not null || make() is not { } round)
            {
                return null;
            }

            _ = round.Response.TryEnter(this, round);
            return round;
        }
    }
}
