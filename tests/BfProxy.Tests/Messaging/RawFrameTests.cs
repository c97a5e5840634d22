using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using BfProxy.Tests.Channels;

namespace BfProxy.Tests.Messaging;

/// <summary>Frames written and read by hand: no client library pings when told to.</summary>
public sealed class RawFrameTests : IDisposable
{
    private const int Pings = 20;
    private const int Chunks = 40;
    private const int ChunkLength = 16_000;
    private const byte Text = 0x81;
    private const byte Ping = 0x89;
    private const byte Pong = 0x8A;

    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private readonly TcpClient _page = new() { ReceiveBufferSize = 4096 };
    private readonly byte[] _buffer = new byte[128 * 1024];

    public void Dispose() => _page.Dispose();

    [Fact]
    public async Task A_page_that_pings_while_text_waits_for_it_gets_all_of_both_whole_and_in_order()
    {
        await using var host = await MessagingHost.StartAsync();
        await JoinAsync(host.Address);
        var stream = host.Hub.OpenStream(TestHub.Scope, ["a"], "act", "s");

        var chunk = new byte[ChunkLength];
        for (var i = 0; i < Chunks; i++)
        {
            chunk.AsSpan().Fill((byte)('a' + (i % 26)));
            stream.Delta(chunk);
            stream.Flush();
            if (i % 2 == 0)
            {
                await SendAsync(Ping, Encoding.ASCII.GetBytes((i / 2).ToString(CultureInfo.InvariantCulture)));
            }
        }

        var (text, pongs) = (new StringBuilder(), new List<int>());
        while (text.Length < Chunks * ChunkLength || pongs.Count < Pings)
        {
            var (opcode, payload) = await ReadMessageAsync();
            if (opcode == Pong)
            {
                pongs.Add(int.Parse(payload.Span, CultureInfo.InvariantCulture));
            }
            else
            {
                Assert.Equal(Text, opcode);
                text.Append(Frame.Parse(payload.ToArray()).Content);
            }
        }

        Assert.Equal(Enumerable.Range(0, Pings), pongs);
        Assert.Equal(string.Concat(Enumerable.Range(0, Chunks).Select(static i => new string((char)('a' + (i % 26)), ChunkLength))), text.ToString());
    }

    private async Task JoinAsync(Uri address)
    {
        await _page.ConnectAsync(address.Host, address.Port);
        await _page.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /message/connect HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        await SkipHeadersAsync();
        await SendAsync(Text, """{"id":1,"action":"channelJoinAnon","options":{"channel":"a"}}"""u8.ToArray());
        await ReadMessageAsync();
        await ReadMessageAsync();
    }

    private async Task SkipHeadersAsync()
    {
        var headers = "";
        while (!headers.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            headers += (char)(await ReadAsync(1)).Span[0];
        }
    }

    /// <summary>A client's frame is masked; with zeros, which change nothing.</summary>
    private async Task SendAsync(byte opcode, byte[] payload) =>
        await _page.GetStream().WriteAsync((byte[])[opcode, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload]);

    private async Task<(byte Opcode, ReadOnlyMemory<byte> Payload)> ReadMessageAsync()
    {
        var (opcode, length) = Start((await ReadAsync(2)).Span);
        if (length == 126)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian((await ReadAsync(2)).Span);
        }
        else if (length == 127)
        {
            length = (int)BinaryPrimitives.ReadUInt64BigEndian((await ReadAsync(8)).Span);
        }

        return (opcode, await ReadAsync(length));
    }

    private static (byte Opcode, int Length) Start(ReadOnlySpan<byte> header) => (header[0], header[1]);

    private async Task<ReadOnlyMemory<byte>> ReadAsync(int count)
    {
        await _page.GetStream().ReadExactlyAsync(_buffer.AsMemory(0, count)).AsTask().WaitAsync(LongEnough);
        return _buffer.AsMemory(0, count);
    }
}
