using System.Net.WebSockets;
using BfProxy.Channels;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>A session over a WebSocket, which brings its commands.</summary>
internal sealed class SocketSession(ConnectionSet connections, MessagingSession session, ChannelToken? token, MessageReader reader)
{
    private static readonly string[] FirstChannels = [ChannelNames.Anonymous];
    private static readonly string[] NoChannels = [];

    /// <summary>
    /// Runs until the client closes, also after we did: leaving bytes unread would reset the connection and lose the reason.
    /// One method, because an idle connection keeps the state of each that waits.
    /// </summary>
    public async Task RunAsync()
    {
        var connection = session.Connection;
        try
        {
            await session.GreetAsync(token is null ? FirstChannels : NoChannels, static _ => null, token);
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
        catch
        {
            connection.Close(ConnectionEnd.Failed);
            throw;
        }
        finally
        {
            await session.LeaveAsync();
            connection.Close(ConnectionEnd.Answered);
            await connection.Completion;
            connection.Detach();
            reader.Dispose();
            connections.Remove(connection);
        }
    }

    private async ValueTask HandleAsync(MessageKind kind)
    {
        var connection = session.Connection;
        if (kind == MessageKind.Binary)
        {
            connection.Close(ConnectionEnd.NotText);
        }
        else if (kind == MessageKind.TooLarge)
        {
            connection.Close(ConnectionEnd.TooLarge);
        }
        else if (connection.End is null)
        {
            await session.HandleAsync(reader.Message, connection.Post);
        }
    }
}
