using BfProxy.Channels;
using BfProxy.Configuration;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>The action <c>authenticate</c>.</summary>
internal sealed class Authentication(Settings<AppCatalog> apps, ChannelTokenReader tokens, UserChannels channels, GuessLimiter guesses)
{
    public async ValueTask<OutboxItem> AuthenticateAsync(MessagingSession session, Command command)
    {
        var visitor = session.Visitor;
        if (command.ReadSinces(out var sinces) is { } badSince)
        {
            return Refuse(command, badSince);
        }

        if ((guesses.MayGuess(visitor.Address) ? Read(visitor, command.Text("token"), out var token) : Fail(MessagingErrors.TooManyTokens, out token)) is { } error)
        {
            return Refuse(command, error);
        }

        var shift = await channels.EnterAsync(session, token!, name => sinces.GetValueOrDefault(name));
        if (shift.Error is not null)
        {
            return Refuse(command, shift.Error);
        }

        foreach (var stopped in shift.Stops)
        {
            session.Connection.Post(new OutboxItem(default, Stops: stopped));
        }

        return new OutboxItem(Reply.Authenticated(command.Id, session, shift.Starts), Starts: shift.Starts);
    }

    /// <summary>Proves a token that a visitor brings; counts those that are none against his address.</summary>
    public MessagingError? Read(MessagingVisitor visitor, string? text, out ChannelToken? token)
    {
        token = null;
        var app = apps.Current.FindByName(visitor.Scope.App);
        switch (app is null ? TokenFault.NoSecret : tokens.Read(app, visitor.Host, text, out token))
        {
            case TokenFault.None:
                return null;
            case TokenFault.Expired:
                return MessagingErrors.TokenExpired;
            case TokenFault.NoSecret:
                return MessagingErrors.NoUsers;
            default:
                guesses.WasWrong(visitor.Address);
                return MessagingErrors.WrongToken;
        }
    }

    private static MessagingError Fail(MessagingError error, out ChannelToken? token)
    {
        token = null;
        return error;
    }

    private static OutboxItem Refuse(in Command command, MessagingError error) => new(Reply.Refused(command.Id, error));
}
