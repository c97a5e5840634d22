using System.Net.Sockets;
using System.Text;

namespace LoadTest.Client;

/// <summary>A stream read from a WebSocket: the upgrade and the frames, without what they say.</summary>
internal abstract class SocketStream(int number, ClientOptions options, ClientTally tally, string path) : LoadStream(number, options, tally)
{
    private const int CloseOpcode = 0x8;

    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isOpen;

    protected async Task UpgradeAsync(CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        await SendAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{Options.Port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
        await _opened.Task.WaitAsync(cancellationToken);
    }

    protected Task SendTextAsync(string text) => SendAsync(SocketFrame.Write(Encoding.UTF8.GetBytes(text)));

    protected abstract void OnFrame(ReadOnlySpan<byte> frame, long now);

    protected override int Consume(ReadOnlySpan<byte> bytes, long now)
    {
        var used = _isOpen ? 0 : ConsumeHandshake(bytes);
        while (_isOpen)
        {
            var length = SocketFrame.TryRead(bytes[used..], out var opcode, out var payload);
            if (length == 0)
            {
                break;
            }

            used += length;
            if (opcode == CloseOpcode)
            {
                Fail("close frame " + (payload.Length >= 2 ? (payload[0] << 8) | payload[1] : 0));
                break;
            }

            OnFrame(payload, now);
        }

        return used;
    }

    protected override void OnFailed() => _opened.TrySetResult();

    private int ConsumeHandshake(ReadOnlySpan<byte> bytes)
    {
        var length = ResponseHead.TryRead(bytes, out var head);
        if (length == 0)
        {
            return 0;
        }

        _isOpen = head.Status == 101;
        if (!_isOpen)
        {
            Fail($"upgrade was answered {head.Status}");
        }

        _opened.TrySetResult();
        return length;
    }

    private async Task SendAsync(byte[] bytes) => await Socket.SendAsync(bytes, SocketFlags.None);
}
