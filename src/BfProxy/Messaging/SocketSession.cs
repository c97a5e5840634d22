using System.Net.WebSockets;
using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>A session over a WebSocket: reads commands from it until either side closes.</summary>
internal sealed class SocketSession(MessagingSession session, MessageReader reader)
{
    private static readonly (string Name, Since? Since)[] FirstChannels = [(ChannelNames.Anonymous, null)];

    public async Task RunAsync()
    {
        var connection = session.Connection;
        var drain = connection.StartDrain();
        try
        {
            await session.GreetAsync(FirstChannels);
            await ReceiveAsync(connection);
            connection.Close(ConnectionEnd.Answered);
        }
        catch (WebSocketException)
        {
            // The client is gone, or sent what is no WebSocket message (the socket has then answered it).
            connection.Close(ConnectionEnd.Answered);
        }
        finally
        {
            session.Leave();
            reader.Release();
            await drain;
        }
    }

    /// <summary>Reads to the client's own close, also after ours: leaving bytes unread would reset the connection and lose the reason.</summary>
    private async Task ReceiveAsync(Connection connection)
    {
        while (true)
        {
            switch (await reader.ReadAsync())
            {
                case MessageKind.Closed:
                    return;
                case MessageKind.Binary:
                    connection.Close(ConnectionEnd.NotText);
                    break;
                case MessageKind.TooLarge:
                    connection.Close(ConnectionEnd.TooLarge);
                    break;
                case MessageKind.Text when connection.End is null && await session.HandleAsync(reader.Message) is { } answer:
                    connection.Post(answer);
                    break;
            }
        }
    }
}
