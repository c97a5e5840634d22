using System.Net.WebSockets;
using System.Text.Json;
using BfProxy.Channels;
using BfProxy.Forwarding;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>One visitor's connection: reads commands, carries them out and answers. Sending is the <see cref="Connection"/>'s.</summary>
internal sealed class MessagingSession(IChannelEngine engine, ChannelHub hub, MessagingVisitor visitor, RunningStreams streams, GuessLimiter guesses, Connection connection, MessageReader reader)
{
    private JoinedChannels _joined = new();

    /// <summary>
    /// Runs until the client closes, also after we did: leaving bytes unread would reset the connection and lose the reason.
    /// One method, because an idle connection keeps the state of each that waits.
    /// </summary>
    public async Task RunAsync()
    {
        try
        {
            await GreetAsync();
            MessageKind kind;
            while ((kind = await reader.ReadAsync(await reader.StartAsync())) != MessageKind.Closed)
            {
                await HandleAsync(kind);
            }
        }
        catch (WebSocketException exception) when (exception.WebSocketErrorCode == WebSocketError.ConnectionClosedPrematurely)
        {
            // The client is gone, which does not always reach a send that hangs in its transport.
            connection.Abort();
        }
        catch (WebSocketException)
        {
            // The client sent what is no WebSocket message; the socket has answered it.
        }
        catch (OperationCanceledException) when (connection.End is not null)
        {
            // We aborted the socket, and it says so to whoever reads.
        }
        finally
        {
            foreach (var subscription in _joined.All)
            {
                subscription.Channel.Leave(subscription);
            }

            connection.Close(ConnectionEnd.Answered);
            await connection.Completion;
            connection.Detach();
            reader.Dispose();
            hub.Connections.Remove(connection);
        }
    }

    private async ValueTask GreetAsync()
    {
        Subscription[] channels = [await JoinAsync(ChannelNames.Tab(connection.Id), null), await JoinAsync(ChannelNames.Anonymous, null)];
        connection.Post(new OutboxItem(Reply.Greeting(visitor, connection.Id, new ResumeToken(visitor.NodeId, connection.Id).Write(visitor.Key, visitor.Scope), channels), Starts: channels));
    }

    private ValueTask HandleAsync(MessageKind kind)
    {
        switch (kind)
        {
            case MessageKind.Binary:
                connection.Close(ConnectionEnd.NotText);
                return ValueTask.CompletedTask;
            case MessageKind.TooLarge:
                connection.Close(ConnectionEnd.TooLarge);
                return ValueTask.CompletedTask;
            default:
                return HandleAsync(reader.Message);
        }
    }

    private async ValueTask HandleAsync(ReadOnlyMemory<byte> message)
    {
        if (connection.End is not null)
        {
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(message);
            var isPong = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("pong", out _);
            connection.Heard(isPong);
            if (!isPong)
            {
                await HandleAsync(document.RootElement);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter is how JsonElement says that a string holds half a surrogate pair.
            connection.Post(new OutboxItem(Reply.Refused(default, MessagingErrors.NotJson)));
        }
    }

    private async ValueTask HandleAsync(JsonElement root)
    {
        var error = Command.Read(root, out var command) ?? command.Action switch
        {
            "channelJoinAnon" => await JoinAsync(command),
            "channelLeaveAnon" => Leave(command),
            "messageSendAnonChannel" => await SendAsync(command),
            "llmQueryStop" => Stop(command),
            _ => MessagingErrors.UnknownAction,
        };
        if (error is not null)
        {
            connection.Post(new OutboxItem(Reply.Refused(command.Id, error)));
        }
    }

    private async ValueTask<MessagingError?> JoinAsync(Command command)
    {
        Since? since = null;
        if ((command.ReadChannel(out var name) ?? command.ReadSince(out since)) is { } error)
        {
            return error;
        }

        var known = _joined.Find(name);
        if (known is null && !ChannelNames.IsOpenToAnonymous(name, visitor.AnonymousChannels))
        {
            return MessagingErrors.NotAllowed;
        }

        if (known is null && _joined.All.Count >= hub.State.Options.MaxChannelsPerConnection)
        {
            return MessagingErrors.TooManyChannels;
        }

        if (known is not null && since is null)
        {
            connection.Post(new OutboxItem(Reply.Joined(visitor, command.Id, known, known.Taken)));
            return null;
        }

        if (known is not null)
        {
            Leave(known);
        }

        var subscription = await JoinAsync(name, since is null ? null : EpochSeal.Read(visitor, name, since));
        connection.Post(new OutboxItem(Reply.Joined(visitor, command.Id, subscription, subscription.JoinedAt), Stops: known, Starts: [subscription]));
        return null;
    }

    private async ValueTask<Subscription> JoinAsync(string name, Since? since)
    {
        var subscription = await engine.JoinAsync(visitor.Scope, name, connection, since, CancellationToken.None);
        _joined.Add(subscription);
        return subscription;
    }

    private void Leave(Subscription subscription)
    {
        subscription.Channel.Leave(subscription);
        _joined.Remove(subscription);
    }

    private MessagingError? Leave(in Command command)
    {
        if (command.ReadChannel(out var name) is { } error)
        {
            return error;
        }

        if (ChannelNames.IsTab(name) || _joined.Find(name) is not { } subscription)
        {
            return MessagingErrors.NotAllowed;
        }

        Leave(subscription);
        connection.Post(new OutboxItem(Reply.Left(command.Id, name), Stops: subscription));
        return null;
    }

    private async ValueTask<MessagingError?> SendAsync(Command command)
    {
        if (command.ReadChannels(out var channels) is { } error)
        {
            return error;
        }

        if (!channels.All(channel => _joined.Find(channel) is not null))
        {
            return MessagingErrors.NotAllowed;
        }

        if (!HasKind(command, "actions", JsonValueKind.Array) || !HasKind(command, "model", JsonValueKind.Object) || !HasKind(command, "app", JsonValueKind.Object))
        {
            return MessagingErrors.BadMessage;
        }

        var members = Reply.Message(command, connection.Id);
        foreach (var channel in channels)
        {
            await engine.PublishAsync(visitor.Scope, channel, members, CancellationToken.None);
        }

        connection.Post(new OutboxItem(Reply.Ok(command.Id)));
        return null;
    }

    private MessagingError? Stop(in Command command)
    {
        var streamId = command.Text("streamId");
        if (!guesses.MayGuess(visitor.Address))
        {
            return MessagingErrors.TooManyGuesses;
        }

        var stopped = streamId is not null && streams.Stop(streamId, new StreamOwner(visitor.Scope.App, visitor.Scope.Host));
        if (!stopped && streamId is not null)
        {
            guesses.WasWrong(visitor.Address);
        }

        connection.Post(new OutboxItem(Reply.Stop(command.Id, streamId, stopped)));
        return null;
    }

    private static bool HasKind(in Command command, string name, JsonValueKind kind) => !command.TryGet(name, out var value) || value.ValueKind == kind;
}
