using System.Diagnostics.CodeAnalysis;
using BfProxy.Backplane;
using BfProxy.Forwarding;

namespace BfProxy.Sessions;

/// <summary>The answers that come on this node just now. Their streams are those of every other surface; here is only who reads them.</summary>
internal sealed class RunningAnswers(RunningStreams streams, BotCalls calls, SessionStore sessions, RelayedAnswers relayed, ILogger<RunningAnswers> logger)
{
    /// <summary>How often one answer may be begun anew: each time costs.</summary>
    private const int MaxStarts = 5;

    private const int MaxTries = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Session, int Place), RunningAnswer> _answers = [];

    public bool IsDraining => streams.IsDraining;

    /// <summary>Joins the answer that a conversation waits for; whoever is the first is to start it. All who join leave.</summary>
    public RunningAnswer Join(StoredSession stored, Bot bot, AnswerReader reader, out bool isNew)
    {
        var key = KeyOf(stored);
        lock (_gate)
        {
            isNew = !_answers.TryGetValue(key, out var answer) || !answer.TryJoin(reader);
            if (isNew)
            {
                answer = new RunningAnswer(bot.Options.FallbackText);
                answer.TryJoin(reader);
                _answers[key] = answer;
            }

            return answer!;
        }
    }

    /// <summary>Joins an answer that comes at this node; false where there is none.</summary>
    public bool TryJoinHere(string session, int place, AnswerReader reader, [NotNullWhen(true)] out RunningAnswer? answer)
    {
        lock (_gate)
        {
            return _answers.TryGetValue((session, place), out answer) && !answer.IsRelayed && answer.TryJoin(reader);
        }
    }

    public void Leave(RunningAnswer answer, StoredSession stored, AnswerReader reader) => Leave(answer, stored.Id, stored.Session.History.Count, reader);

    /// <summary>Leaves an answer; the last one ends it.</summary>
    public void Leave(RunningAnswer answer, string session, int place, AnswerReader reader)
    {
        lock (_gate)
        {
            if (!answer.Leave(reader))
            {
                return;
            }

            if (_answers.TryGetValue((session, place), out var known) && known == answer)
            {
                _answers.Remove((session, place));
            }
        }

        answer.Abandon();
    }

    /// <summary>Asks the model for an answer that was just joined, or the node that has it. Whatever hinders it, the answer comes to an end.</summary>
    public async Task StartAsync(RunningAnswer answer, StoredSession stored, Bot bot, CancellationToken cancellationToken)
    {
        try
        {
            if (await CountAsync(answer, stored, bot, cancellationToken) && Ask(answer, bot, stored.Session) is { } stream)
            {
                answer.Attach(stream);
            }
            else if (!answer.IsRelayed)
            {
                answer.Dispose();
            }
        }
        catch
        {
            answer.Dispose();
            throw;
        }
        finally
        {
            answer.Begun();
        }
    }

    /// <summary>Has the model answer at once, for a visitor who waits for all of it.</summary>
    public async Task<string> AskAsync(HttpContext context, Bot bot, ChatSession session)
    {
        using var answer = new RunningAnswer(bot.Options.FallbackText);
        if (Ask(answer, bot, session) is { } stream)
        {
            await CallerWait.ForAsync(context, stream, static stream => stream.ResultAsync());
            context.RequestAborted.ThrowIfCancellationRequested();
        }

        answer.Dispose();
        NoteEmpty(answer, bot);
        return answer.Text;
    }

    /// <summary>Keeps an answer that is over in its conversation. One that cannot be kept was shown all the same.</summary>
    public Task KeepAsync(RunningAnswer answer, StoredSession stored, Bot bot) => answer.KeepAsync(async () =>
    {
        NoteEmpty(answer, bot);
        try
        {
            await ChangeAsync(stored, bot, pending => pending with { Text = answer.Text }, CancellationToken.None);
        }
        catch (StateUnavailableException exception)
        {
            SessionsLog.NotKept(logger, exception, bot.PublicId);
        }
    });

    private static (string Session, int Place) KeyOf(StoredSession stored) => (stored.Id, stored.Session.History.Count);

    private RunningStream? Ask(RunningAnswer answer, Bot bot, ChatSession session)
    {
        if (!calls.TryCreate(bot, session, out var question, out var error))
        {
            SessionsLog.NotAsked(logger, bot.PublicId, error.Status, error.Kind, error.Message);
            answer.Error(error);
            return null;
        }

        var plan = question.Plan;
        var first = Round(question.Call);
        plan?.Use(Round, static round => ((EventStreamResponse)round.Response).GoOn(), question, showsAtOnce: true);
        if (plan is null)
        {
            question.Dispose();
        }

        return streams.Start(RunningStreams.NewId(), new StreamOwner(bot.Options.App, ""), first, next: null, plan);

        Round Round(ProviderCall call)
        {
            IStreamOutput output = plan is null ? answer : new TentativeOutput(answer);
            return new Round(call, new EventStreamResponse(output, call.Dialect.CreateReader(aggregate: false), call.Limits) { RequestBytes = call.Body.Length });
        }
    }

    /// <summary>Counts a start; false where the answer is to be had without one: from another node, or because it is over, or not at all.</summary>
    private async ValueTask<bool> CountAsync(RunningAnswer answer, StoredSession stored, Bot bot, CancellationToken cancellationToken)
    {
        var node = stored.Session.Pending?.Node;
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (node is not null && node != relayed.NodeId && await relayed.TryFollowAsync(answer, stored, node, cancellationToken))
            {
                return false;
            }

            var found = await ChangeAsync(stored, bot, pending => Begun(pending, node), cancellationToken);
            if (found?.Text is { } text)
            {
                answer.Replay(text);
                return false;
            }

            if (found?.Node == relayed.NodeId)
            {
                return true;
            }

            if (found is null)
            {
                break;
            }

            // Another node was faster.
            node = found.Node;
        }

        answer.Error(SessionRefusal.NothingToStream());
        return false;
    }

    /// <summary>An answer that this node begins, unless another one has begun it since we looked; null where it may not be begun any more.</summary>
    private PendingAnswer? Begun(PendingAnswer pending, string? node)
    {
        if (pending.Node != node && pending.Node != relayed.NodeId)
        {
            return pending;
        }

        return pending.Starts < MaxStarts ? pending with { Starts = pending.Starts + 1, Node = relayed.NodeId } : null;
    }

    /// <summary>Changes a pending answer as long as it is this one and not whole. Returns what then stands there; null where nothing does, or no change was wanted.</summary>
    private async ValueTask<PendingAnswer?> ChangeAsync(StoredSession stored, Bot bot, Func<PendingAnswer, PendingAnswer?> change, CancellationToken cancellationToken)
    {
        var place = stored.Session.History.Count;
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var now = await sessions.FindAsync(stored.Id, cancellationToken);
            if (now?.Session is not { Pending: { } pending } session || session.History.Count != place)
            {
                return null;
            }

            if (pending.Text is not null)
            {
                return pending;
            }

            if (change(pending) is not { } changed)
            {
                return null;
            }

            if (changed == pending)
            {
                return pending;
            }

            if (await sessions.ChangeAsync(now, session with { Pending = changed }, bot, cancellationToken) is not null)
            {
                return changed;
            }
        }

        return null;
    }

    private void NoteEmpty(RunningAnswer answer, Bot bot)
    {
        if (answer.WasEmpty)
        {
            SessionsLog.Empty(logger, bot.PublicId);
        }
    }
}
