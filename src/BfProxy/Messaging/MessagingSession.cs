using System.Text.Json;
using BfProxy.Backplane;
using BfProxy.Channels;
using BfProxy.Forwarding;

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

    /// <summary>Joins what every connection is on, and <paramref name="channels"/>, and says so.</summary>
    public async ValueTask GreetAsync(IReadOnlyList<(string Name, Since? Since)> channels)
    {
        var joined = new List<Subscription> { await JoinAsync(ChannelNames.Tab(connection.Id), null) };
        foreach (var (name, since) in channels)
        {
            joined.Add(await JoinAsync(name, since));
        }

        connection.Notice = subscription => Reply.Moved(visitor, subscription);
        connection.Post(new OutboxItem(Reply.Greeting(visitor, connection.Id, joined), Starts: joined));
    }

    /// <summary>Carries out a command.</summary>
    /// <returns>The answer, with the subscriptions that start and stop with it; null where nothing is to be said.</returns>
    public async ValueTask<OutboxItem?> HandleAsync(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var document = JsonDocument.Parse(message);
            var isPong = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("pong", out _);
            connection.Heard(isPong);
            return isPong ? null : await HandleAsync(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter is how JsonElement says that a string holds half a surrogate pair.
            return new OutboxItem(Reply.Refused(default, MessagingErrors.NotJson));
        }
    }

    /// <summary>Leaves all channels; the connection has ended.</summary>
    public void Leave()
    {
        foreach (var subscription in _joined.All)
        {
            subscription.Channel.Leave(subscription);
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
            return await HandleAsync(command);
        }
        catch (StateUnavailableException)
        {
            return Refuse(command, MessagingErrors.Unavailable);
        }
    }

    private async ValueTask<OutboxItem> HandleAsync(Command command) =>
        command.Action switch
        {
            "channelJoinAnon" => await JoinAsync(command),
            "channelLeaveAnon" => Leave(command),
            "messageSendAnonChannel" => await SendAsync(command),
            "llmQueryStop" => await StopAsync(command),
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
        return new OutboxItem(Reply.Joined(visitor, command.Id, subscription, subscription.JoinedAt), Stops: known, Starts: [subscription]);
    }

    private async ValueTask<Subscription> JoinAsync(string name, Since? since)
    {
        var past = since is null ? null : EpochSeal.Read(visitor, name, since);
        var subscription = await dependencies.Engine.JoinAsync(visitor.Scope, name, connection, past, CancellationToken.None);
        _joined.Add(subscription);
        return subscription;
    }

    private void Leave(Subscription subscription)
    {
        subscription.Channel.Leave(subscription);
        _joined.Remove(subscription);
    }

    private OutboxItem Leave(in Command command)
    {
        if (command.ReadChannel(out var name) is { } error)
        {
            return Refuse(command, error);
        }

        if (ChannelNames.IsTab(name) || _joined.Find(name) is not { } subscription)
        {
            return Refuse(command, MessagingErrors.NotAllowed);
        }

        Leave(subscription);
        return new OutboxItem(Reply.Left(command.Id, name), Stops: subscription);
    }

    private async ValueTask<OutboxItem> SendAsync(Command command)
    {
        if (command.ReadChannels(out var channels) is { } error)
        {
            return Refuse(command, error);
        }

        if (!channels.All(channel => _joined.Find(channel) is not null))
        {
            return Refuse(command, MessagingErrors.NotAllowed);
        }

        if (!HasKind(command, "actions", JsonValueKind.Array) || !HasKind(command, "model", JsonValueKind.Object) || !HasKind(command, "app", JsonValueKind.Object))
        {
            return Refuse(command, MessagingErrors.BadMessage);
        }

        var members = Reply.Message(command, connection.Id);
        foreach (var channel in channels)
        {
            await dependencies.Engine.PublishAsync(visitor.Scope, channel, members, CancellationToken.None);
        }

        return new OutboxItem(Reply.Ok(command.Id));
    }

    private async ValueTask<OutboxItem> StopAsync(Command command)
    {
        var (guesses, address) = (dependencies.Guesses, visitor.Address);
        if (!guesses.MayGuess(address))
        {
            return Refuse(command, MessagingErrors.TooManyGuesses);
        }

        var streamId = command.Text("streamId");
        var stopped = streamId is not null && await dependencies.Stops.StopAsync(streamId, new StreamOwner(visitor.Scope.App, visitor.Scope.Host), CancellationToken.None);
        if (!stopped && streamId is not null)
        {
            guesses.WasWrong(address);
        }

        return new OutboxItem(Reply.Stop(command.Id, streamId, stopped));
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

    private static bool HasKind(in Command command, string name, JsonValueKind kind) => !command.TryGet(name, out var value) || value.ValueKind == kind;
}
