namespace BfProxy.Forwarding;

/// <summary>A provider that keeps its first token for too long gets company: the next fallback is asked as well, and whoever brings content first goes on alone.</summary>
internal sealed partial class RunningStream
{
    /// <summary>Makes the call of the round, alone or, where its provider is hedged, against the next fallback.</summary>
    private ValueTask<AttemptOutcome> AskAsync(CancellationToken cancellationToken)
    {
        if (_plan is { GoesOn: true, CanFallBack: true })
        {
            _round.Response.KeepText();
        }

        if (_plan is { CanHedge: true, CanFallBack: true } && _round.Call.Provider.Options.HedgeAfter is { } patience)
        {
            var race = new FirstTokenRace(_plan.Take);
            if (_round.Response.TryEnter(race, _round))
            {
                return RaceAsync(race, patience, cancellationToken);
            }
        }

        return AttemptAsync(_round, abort: null, cancellationToken);
    }

    private async ValueTask<AttemptOutcome> RaceAsync(FirstTokenRace race, TimeSpan patience, CancellationToken cancellationToken)
    {
        var first = _round;
        using var firstAbort = new AttemptAbort(cancellationToken);
        var firstRun = AttemptAsync(first, firstAbort, cancellationToken).AsTask();
        await ((Task)Task.WhenAny(firstRun, race.Decided)).WaitAsync(patience, _dependencies.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await FetchForRaceAsync(race, firstRun, cancellationToken);
        if (firstRun.IsCompleted || cancellationToken.IsCancellationRequested || race.Enter(NextRunner) is not { } second)
        {
            return await firstRun;
        }

        StreamLog.Hedged(_dependencies.Logger, first.Call.Provider.Name, patience.TotalSeconds, second.Call.Provider.Name);
        _trace?.Hedged(Target(second.Call));
        using var secondAbort = new AttemptAbort(cancellationToken);
        var secondRun = AttemptAsync(second, secondAbort, cancellationToken).AsTask();
        await Task.WhenAny(race.Decided, Task.WhenAll(firstRun, secondRun));
        if (race.Winner is not { } winner)
        {
            return await NobodyAsync(first, firstRun, second, secondRun);
        }

        var firstWins = ReferenceEquals(winner, first);
        var (loser, loserAbort, loserRun) = firstWins ? (second, secondAbort, secondRun) : (first, firstAbort, firstRun);
        _round = winner;
        await LeaveBehindAsync(loser, loserAbort, loserRun);
        return await (firstWins ? firstRun : secondRun);
    }

    /// <summary>The round that asks the next fallback, as far as that answers token by token.</summary>
    private Round? NextRunner()
    {
        if (!_plan!.TryHedge(PassedOver, out var call))
        {
            return null;
        }

        var round = _plan.Ask(call);
        if (_plan is { GoesOn: true, CanFallBack: true })
        {
            round.Response.KeepText();
        }

        return round;
    }

    /// <summary>What the second takes as data only is fetched while the first may still bring its content.</summary>
    private async ValueTask FetchForRaceAsync(FirstTokenRace race, Task firstRun, CancellationToken cancellationToken)
    {
        if (firstRun.IsCompleted || race.Decided.IsCompleted || !_plan!.MustFetch)
        {
            return;
        }

        using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var fetched = _plan.FetchAsync(source.Token).AsTask();
        await Task.WhenAny(fetched, firstRun, race.Decided);
        await source.CancelAsync();
        await fetched.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Both failed: the stream goes on from the second, or fails with what became of it.</summary>
    private async ValueTask<AttemptOutcome> NobodyAsync(Round first, Task<AttemptOutcome> firstRun, Round second, Task<AttemptOutcome> secondRun)
    {
        var outcome = await firstRun;
        if ((outcome.Error ?? first.Response.Error) is { } error && Cause == EndCause.None)
        {
            _plan!.Avoid(outcome.Destination);
            Tried(first.Call, error, "hedge");
        }

        first.Response.GiveWay();
        _round = second;
        return await secondRun;
    }

    /// <summary>Ends the attempt that lost, and lets go of it before the winner has finished.</summary>
    private async ValueTask LeaveBehindAsync(Round loser, AttemptAbort abort, Task<AttemptOutcome> run)
    {
        abort.End(EndCause.Outrun);
        await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (run.Exception is { } fault)
        {
            StreamLog.Failed(_dependencies.Logger, fault, loser.Call.Provider.Name);
        }
        else if (await run is { Cause: not EndCause.Outrun } outcome && (outcome.Error ?? loser.Response.Error) is { } error)
        {
            Tried(loser.Call, error, "hedge");
        }
        else
        {
            StreamLog.Outrun(_dependencies.Logger, loser.Call.Provider.Name);
        }

        loser.Call.ForgetBody();
        loser.Response.GiveWay();
    }
}
