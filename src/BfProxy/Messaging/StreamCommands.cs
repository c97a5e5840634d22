using BfProxy.Channels;
using BfProxy.Configuration;
using BfProxy.Forwarding;
using BfProxy.Security;
using BfProxy.Tools;

namespace BfProxy.Messaging;

/// <summary>The actions that concern what models do: stop a stream or a run, answer a tool call. Their ids are the permission, and guessing them is limited.</summary>
internal sealed class StreamCommands(StreamStops stops, RunDirectory runs, PendingCalls calls, GuessLimiter guesses, Settings<AppCatalog> apps)
{
    /// <summary>Stops a stream.</summary>
    public async ValueTask<OutboxItem> StopAsync(MessagingSession session, Command command)
    {
        if (!MayStop(session))
        {
            return Refuse(command, MessagingErrors.NotAllowed);
        }

        var (scope, address) = (session.Visitor.Scope, session.Visitor.Address);
        if (!guesses.MayGuess(address))
        {
            return Refuse(command, MessagingErrors.TooManyGuesses);
        }

        var streamId = command.Text("streamId");
        var stopped = streamId is not null && await stops.StopAsync(streamId, new StreamOwner(scope.App, scope.Host), CancellationToken.None);
        if (!stopped && streamId is not null)
        {
            guesses.WasWrong(address);
        }

        return new OutboxItem(Reply.Stop(command.Id, streamId, stopped));
    }

    /// <summary>Stops a run on a thread.</summary>
    public async ValueTask<OutboxItem> StopRunAsync(MessagingSession session, Command command)
    {
        if (!MayStop(session))
        {
            return Refuse(command, MessagingErrors.NotAllowed);
        }

        var (scope, address) = (session.Visitor.Scope, session.Visitor.Address);
        if (!guesses.MayGuess(address))
        {
            return Refuse(command, MessagingErrors.TooManyGuesses);
        }

        var (threadId, runId) = (command.Text("threadId"), command.Text("runId"));
        var status = await runs.StopAsync(new StreamOwner(scope.App, scope.Host), threadId ?? "", runId ?? "", CancellationToken.None);
        if (status == RunStatus.Unknown)
        {
            guesses.WasWrong(address);
        }

        return new OutboxItem(Reply.StopRun(command.Id, threadId, runId, status));
    }

    /// <summary>Answers a tool call.</summary>
    public async ValueTask<OutboxItem> AnswerToolAsync(MessagingSession session, Command command)
    {
        var (scope, address) = (session.Visitor.Scope, session.Visitor.Address);
        if (!guesses.MayGuess(address))
        {
            return Refuse(command, MessagingErrors.TooManyGuesses);
        }

        var id = command.Text("toolCallId");
        var status = id is null ? AnswerStatus.NotFound : await calls.AnswerAsync(scope.App, id, ToolAnswer.Read(command.Options), CancellationToken.None);
        if (status == AnswerStatus.NotFound && id is not null)
        {
            guesses.WasWrong(address);
        }

        return new OutboxItem(Reply.ToolAnswer(command.Id, id, ToolAnswer.Word(status)));
    }

    /// <summary>Where an app wants its key for it, only its users may.</summary>
    private bool MayStop(MessagingSession session) => session.User is not null || apps.Current.FindByName(session.Visitor.Scope.App) is { StopNeedsKey: false };

    private static OutboxItem Refuse(in Command command, MessagingError error) => new(Reply.Refused(command.Id, error));
}
