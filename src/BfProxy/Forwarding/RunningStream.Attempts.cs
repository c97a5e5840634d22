using BfProxy.Resilience;
using BfProxy.Transforms.Contract;

namespace BfProxy.Forwarding;

/// <summary>What else is tried before the first token: the same call again, another key, another provider. While that may follow, a failure is only noted.</summary>
internal sealed partial class RunningStream
{
    private BfError? _failed;
    private bool _mayGoOn;
    private bool _otherKey;

    /// <summary>Makes a call until content comes, or nothing else may be tried.</summary>
    private async ValueTask AttemptsAsync(CancellationToken cancellationToken)
    {
        _failed = null;
        if (_plan is null)
        {
            _outcome = await AttemptAsync(_round, abort: null, cancellationToken);
            _failed = _outcome.Error;
        }
        else
        {
            AttemptResult result;
            do
            {
                result = await _dependencies.Retries.For(_round.Call.Provider.Options.Retry)
                    .ExecuteAsync(static (stream, cancellationToken) => stream.TryAsync(cancellationToken), this, cancellationToken);
            }
            while (result.Error is { } error && (_mayGoOn ? await ChangeAsync(error, cancellationToken) : await GoOnAsync(error, cancellationToken)));

            _failed = result.Error;
        }

        if (_failed is not null)
        {
            Fail(_failed);
        }
    }

    /// <summary>One attempt, and whether the same call may be made once more.</summary>
    private async ValueTask<AttemptResult> TryAsync(CancellationToken cancellationToken)
    {
        if (_failed is not null)
        {
            Replace(_round.Call);
        }

        var provider = _round.Call.Provider;
        _outcome = await AskAsync(cancellationToken);
        _failed = _outcome.Error ?? _round.Response.Error;
        if (_failed is not { } error || Cause != EndCause.None)
        {
            _mayGoOn = false;
            return new AttemptResult(_failed, MayRepeat: false);
        }

        _plan!.Avoid(_outcome.Destination);
        _mayGoOn = !_round.Response.HasContent && _plan.MayRepeat(error);
        if (!_mayGoOn)
        {
            return new AttemptResult(error, MayRepeat: false);
        }

        _otherKey = _plan.HasOtherKey(_round.Call, error);
        var repeats = !_otherKey && _round.Call.Provider == provider;
        Tried(_round.Call, error, _otherKey ? "another key" : "retry or fallback");
        return new AttemptResult(error, repeats);
    }

    /// <summary>Goes on with another key or another provider, where there is one.</summary>
    private async ValueTask<bool> ChangeAsync(BfError error, CancellationToken cancellationToken)
    {
        if (_otherKey)
        {
            Replace(AttemptPlan.OtherKey(_round.Call, _dependencies.Time.GetUtcNow()));
            return true;
        }

        if (!Failures.AreTheProviders(error))
        {
            return false;
        }

        await _plan!.FetchAsync(cancellationToken);
        if (!_plan.TryFallBack(PassedOver, out var call))
        {
            return false;
        }

        Replace(call);
        return true;
    }

    /// <summary>Has another provider go on with an answer that broke off, where that is wanted; the channels see one answer.</summary>
    private async ValueTask<bool> GoOnAsync(BfError error, CancellationToken cancellationToken)
    {
        if (Cause != EndCause.None || !Failures.AreTheProviders(error) || _round.Response.Said is not { } said)
        {
            return false;
        }

        await _plan!.FetchAsync(cancellationToken);
        if (!_plan.TryGoOn(said, PassedOver, out var call))
        {
            return false;
        }

        StreamLog.WentOn(_dependencies.Logger, _round.Call.Provider.Name, error.Status, error.Kind, error.Message, call.Provider.Name);
        _trace?.AttemptFailed(Target(), error, "continuation");
        var usage = _round.Response.CountedUsage;
        Replace(call);
        _round.Response.Follow(usage);
        return true;
    }

    /// <summary>A fresh reader for a call; nothing of the failed attempt is left.</summary>
    private void Replace(ProviderCall call)
    {
        _round.Response.GiveWay();
        _round = _plan!.Ask(call);
        _failed = null;
    }

    /// <summary>Tells log and trace of an attempt that failed unseen, and what may follow it.</summary>
    private void Tried(ProviderCall call, BfError error, string next)
    {
        StreamLog.AttemptFailed(_dependencies.Logger, call.Provider.Name, error.Status, error.Kind, error.Message, next);
        _trace?.AttemptFailed(Target(call), error, next);
    }

    /// <summary>Tells log and trace of a fallback that could not be asked.</summary>
    private void PassedOver(string provider, string reason)
    {
        StreamLog.PassedOver(_dependencies.Logger, provider, reason);
        _trace?.PassedOver(provider, reason);
    }
}
