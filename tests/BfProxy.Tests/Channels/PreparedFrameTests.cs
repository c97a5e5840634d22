using System.Net.WebSockets;
using BfProxy.Channels;

namespace BfProxy.Tests.Channels;

public sealed class PreparedFrameTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public async Task A_client_reads_its_payload_as_one_text_message(int length)
    {
        var payload = Enumerable.Range(0, length).Select(static i => (byte)('a' + (i % 26))).ToArray();

        var frame = PreparedFrame.Of(payload);

        Assert.Equal(payload, frame.Payload.ToArray());
        using var socket = WebSocket.CreateFromStream(new MemoryStream(frame.Message.ToArray()), new WebSocketCreationOptions { IsServer = false });
        var buffer = new byte[length + 1];
        var result = new ValueWebSocketReceiveResult(0, WebSocketMessageType.Text, endOfMessage: false);
        for (var read = 0; !result.EndOfMessage; read += result.Count)
        {
            result = await socket.ReceiveAsync(buffer.AsMemory(read), CancellationToken.None);
            Assert.Equal(WebSocketMessageType.Text, result.MessageType);
        }

        Assert.Equal(payload, buffer[..length]);
    }

    [Fact]
    public void Nothing_is_no_message()
    {
        Assert.True(PreparedFrame.Of(default).IsEmpty);
        Assert.True(default(PreparedFrame).Payload.IsEmpty);
    }
}
