using System.Text.Json;
using BfProxy.Backplane;
using BfProxy.Channels;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>
/// One visitor: carries out commands, one at a time, and says what is to be answered. It knows no wire: whoever brings the commands
/// hands the answers to the <see cref="Connection"/>, which sends.
/// </summary>
internal sealed class MessagingSession(MessagingDependencies dependencies, MessagingVisitor visitor, Connection connection)
{
    private JoinedChannels _joined = new();

    public Connection Connection => connection;

    public MessagingVisitor Visitor => visitor;

    /// <summary>The user; null while the visitor is anonymous. Set by <see cref="UserChannels"/> only.</summary>
    public SessionUser? User { get; set; }

    public IReadOnlyList<Subscription> Joined => _joined.All;

    public Subscription? Find(string name) => _joined.Find(name);

    /// <summary>Joins what every connection is on, what a user is on, and what was asked for, and says so.</summary>
    /// <param name="names">Channels to join, open ones.</param>
    /// <param name="sinceOf">Where the client stands on a channel.</param>
    /// <param name="token">The user's token, proved; null where the visitor is anonymous.</param>
    public async ValueTask GreetAsync(IEnumerable<string> names, Func<string, Since?> sinceOf, ChannelToken? token)
    {
        var joined = new List<Subscription> { await JoinAsync(ChannelNames.Tab(connection.Id), null) };
        try
        {
            var shift = token is null ? null : await EnterAsync(token, sinceOf);
            joined.AddRange(shift?.Starts ?? []);
            foreach (var name in names.Where(name => Find(name) is null))
            {
                joined.Add(await JoinAsync(name, sinceOf(name)));
                if (await dependencies.PrivateNames.IsReservedAsync(visitor.Scope, name, CancellationToken.None))
                {
                    connection.Close(ConnectionEnd.BecamePrivate);
                }
            }

            if (!ReferenceEquals(dependencies.Engine, dependencies.Hub))
            {
                // The history of this process alone never changes under a listener; idle ones need not hold the words for it.
                connection.Notice = subscription => Reply.Moved(visitor, subscription);
            }

            connection.Post(new OutboxItem(Reply.Greeting(this, joined), Starts: joined));
            if (shift?.Error is { } error)
            {
                connection.Post(new OutboxItem(Reply.Refused(default, error)));
            }
        }
        finally
        {
            User?.Gate.Release();
        }
    }

    /// <summary>Carries out a command.</summary>
    /// <param name="message">The command.</param>
    /// <param name="answer">Called, where something is to be said, with the answer and the subscriptions that start and stop with it.</param>
    public async ValueTask HandleAsync(ReadOnlyMemory<byte> message, Action<OutboxItem> answer)
    {
        await EnterAsync();
        try
        {
            if (await HandleAsync(message) is { } item)
            {
                answer(item);
            }
        }
        finally
        {
            // Also where it was made just now, closed.
            User?.Gate.Release();
        }
    }

    /// <summary>Follows a change of the user's channels that the app's server made.</summary>
    /// <param name="removed">Channels that he was taken off, whatever his token says.</param>
    /// <param name="restores">Whether the store has lost what it said of him, and is told it again first.</param>
    public async ValueTask RefreshAsync(IReadOnlyList<string> removed, bool restores = false)
    {
        if (await EnterAsync() is not { } user)
        {
            return;
        }

        try
        {
            if (!user.HasLeft)
            {
                if (restores)
                {
                    await dependencies.Users.RestoreAsync(this, user);
                }

                user.OfToken = [.. user.OfToken.Where(grant => !removed.Contains(grant.Channel, StringComparer.Ordinal))];
                var before = user.Grants;
                Announce(await dependencies.Users.RefreshAsync(this, user), before, user.Grants);
            }
        }
        finally
        {
            user.Gate.Release();
        }
    }

    /// <summary>Leaves all channels; the connection has ended.</summary>
    public async ValueTask LeaveAsync()
    {
        var user = await EnterAsync();
        if (user is not null)
        {
            user.HasLeft = true;
            dependencies.Users.Exit(this);
        }

        foreach (var subscription in _joined.All)
        {
            subscription.Channel.Leave(subscription);
        }

        user?.Gate.Release();
    }

    public async ValueTask<Subscription> JoinAsync(string name, Since? since)
    {
        var past = since is null ? null : EpochSeal.Read(visitor, connection, name, since);
        var subscription = await dependencies.Engine.JoinAsync(visitor.Scope, name, connection, past, CancellationToken.None);
        _joined.Add(subscription);
        return subscription;
    }

    public void Leave(Subscription subscription)
    {
        subscription.Channel.Leave(subscription);
        _joined.Remove(subscription);
    }

    private async ValueTask<ChannelShift> EnterAsync(ChannelToken token, Func<string, Since?> sinceOf)
    {
        try
        {
            return await dependencies.Users.EnterAsync(this, token, sinceOf);
        }
        catch (StateUnavailableException)
        {
            return ChannelShift.Refused(MessagingErrors.Unavailable);
        }
    }

    /// <summary>Keeps out changes from outside, which a user's session has and an anonymous one has not.</summary>
    private async ValueTask<SessionUser?> EnterAsync()
    {
        if (User is not { } user)
        {
            return null;
        }

        await user.Gate.WaitAsync();
        return user;
    }

    private void Announce(ChannelShift shift, IReadOnlyList<ChannelGrant> before, IReadOnlyList<ChannelGrant> after)
    {
        if (shift.Error is { } error)
        {
            connection.Post(new OutboxItem(Reply.Refused(default, error)));
            return;
        }

        foreach (var stopped in shift.Stops)
        {
            connection.Post(new OutboxItem(Reply.WasLeft(stopped.Name), Stops: stopped));
        }

        foreach (var grant in after.Except(before))
        {
            Subscription[] started = [.. shift.Starts.Where(subscription => string.Equals(subscription.Name, grant.Channel, StringComparison.Ordinal))];
            connection.Post(new OutboxItem(Reply.WasJoined(this, grant, started), Starts: started));
        }
    }

    private async ValueTask<OutboxItem?> HandleAsync(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var document = JsonDocument.Parse(message);
            // Before any name is looked for: the reader throws over half a pair in a name, too.
            var isWhole = MessageText.IsWhole(message.Span);
            var isPong = isWhole && document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("pong", out _);
            connection.Heard(isPong);
            if (isPong)
            {
                return null;
            }

            return isWhole ? await HandleAsync(document.RootElement) : new OutboxItem(Reply.Refused(default, MessagingErrors.NotJson));
        }
        catch (JsonException)
        {
            return new OutboxItem(Reply.Refused(default, MessagingErrors.NotJson));
        }
    }

    private async ValueTask<OutboxItem> HandleAsync(JsonElement root)
    {
        if (Command.Read(root, out var command) is { } error)
        {
            return Refuse(command, error);
        }

        try
        {
            return await CarryOutAsync(command);
        }
        catch (StateUnavailableException)
        {
            return Refuse(command, MessagingErrors.Unavailable);
        }
    }

    private async ValueTask<OutboxItem> CarryOutAsync(Command command) =>
        command.Action switch
        {
            "channelJoinAnon" => await JoinAsync(command),
            "channelLeaveAnon" => Leave(command),
            "authenticate" => await dependencies.Authentication.AuthenticateAsync(this, command),
            "messageSend" => await dependencies.Sending.SendToOwnAsync(this, command),
            "messageSendAnonChannel" => await dependencies.Sending.SendToOpenAsync(this, command),
            "assistantStop" => await dependencies.Streams.StopRunAsync(this, command),
            "llmQueryStop" => await dependencies.Streams.StopAsync(this, command),
            "llmToolCallResponse" => await dependencies.Streams.AnswerToolAsync(this, command),
            "resume" => await ResumeAsync(command),
            _ => Refuse(command, MessagingErrors.UnknownAction),
        };

    private async ValueTask<OutboxItem> JoinAsync(Command command)
    {
        Since? since = null;
        if ((command.ReadChannel(out var name) ?? command.ReadSince(out since)) is { } error)
        {
            return Refuse(command, error);
        }

        var known = _joined.Find(name);
        if (known is null && !IsOwnTab(name) && !ChannelNames.IsOpenToAnonymous(name, visitor.AnonymousChannels))
        {
            return Refuse(command, MessagingErrors.NotAllowed);
        }

        if (known is null && _joined.All.Count >= dependencies.Hub.State.Options.MaxChannelsPerConnection)
        {
            return Refuse(command, MessagingErrors.TooManyChannels);
        }

        if (known is not null && since is null)
        {
            return new OutboxItem(Reply.Joined(visitor, command.Id, known, known.Taken));
        }

        if (known is not null)
        {
            Leave(known);
        }

        var subscription = await JoinAsync(name, since);
        if (known is null && !ChannelNames.IsTab(name) && await dependencies.PrivateNames.IsReservedAsync(visitor.Scope, name, CancellationToken.None))
        {
            Leave(subscription);
            return Refuse(command, MessagingErrors.NotAllowed);
        }

        return new OutboxItem(Reply.Joined(visitor, command.Id, subscription, subscription.JoinedAt), Stops: known, Starts: [subscription]);
    }

    private OutboxItem Leave(in Command command)
    {
        if (command.ReadChannel(out var name) is { } error)
        {
            return Refuse(command, error);
        }

        if (ChannelNames.IsTab(name) || User?.ModeOn(name) is not null || _joined.Find(name) is not { } subscription)
        {
            return Refuse(command, MessagingErrors.NotAllowed);
        }

        Leave(subscription);
        return new OutboxItem(Reply.Left(command.Id, name), Stops: subscription);
    }

    /// <summary>
    /// Makes this connection into the one that the token proves. Its private channel is left to the client to join, with the position
    /// that it had: frames that came before it said so would come twice.
    /// </summary>
    private async ValueTask<OutboxItem> ResumeAsync(Command command)
    {
        var (guesses, address) = (dependencies.Guesses, visitor.Address);
        if (!guesses.MayGuess(address))
        {
            return Refuse(command, MessagingErrors.TooManyTokens);
        }

        if (!ResumeToken.TryRead(command.Text("resumeToken"), visitor.Key, visitor.Scope, out var token))
        {
            guesses.WasWrong(address);
            return Refuse(command, MessagingErrors.UnknownToken);
        }

        var tab = _joined.Find(ChannelNames.Tab(connection.Id));
        if (tab is not null)
        {
            Leave(tab);
        }

        await dependencies.Resumption.ClaimAsync(connection, token.ConnectionId, CancellationToken.None);
        return new OutboxItem(Reply.Resumed(visitor, command.Id, connection.Id), Stops: tab);
    }

    private bool IsOwnTab(string name) => string.Equals(name, ChannelNames.Tab(connection.Id), StringComparison.Ordinal);

    private static OutboxItem Refuse(in Command command, MessagingError error) => new(Reply.Refused(command.Id, error));
}
