using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace LoadTest.Client;

/// <summary>A stream read from a channel of its own, over a WebSocket that joined before the POST.</summary>
internal sealed class ChannelStream(int number, ClientOptions options, ClientTally tally) : LoadStream(number, options, tally)
{
    private const int CloseOpcode = 0x8;

    private readonly byte[] _eventHead = Encoding.UTF8.GetBytes($$"""{"channel":"load-{{number}}",""");
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isOpen;
    private long _offset;
    private string? _streamId;

    public override async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        await SendAsync($"GET /message/connect?app=demo HTTP/1.1\r\nHost: 127.0.0.1:{Options.Port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
        await _opened.Task.WaitAsync(cancellationToken);
        await SendTextAsync($$$"""{"id":1,"action":"channelJoinAnon","options":{"channel":"load-{{{Number}}}"}}""");
        await _joined.Task.WaitAsync(cancellationToken);
    }

    public override async Task StartAsync(ControlConnection control, CancellationToken cancellationToken)
    {
        var body = $$$"""{"apiKey":"BFAPI_demo","channels":["load-{{{Number}}}"],"actionName":"load","payload":{"provider":"openai","stream":true,"model":"{{{Options.ModelOf(Number)}}}","messages":[{"role":"user","content":"load"}]}}""";
        var reply = await control.PostAsync("/stream/create", body, cancellationToken);
        if (reply.Status != 201)
        {
            Fail($"status {reply.Status}: {reply.Body}");
            return;
        }

        AcknowledgedAt = reply.At;
        _streamId = JsonSerializer.Deserialize<JsonElement>(reply.Body).GetProperty("streamId").GetString();
    }

    public override async Task StopAsync(ControlConnection control, CancellationToken cancellationToken)
    {
        StoppedAt = Stopwatch.GetTimestamp();
        var reply = await control.PostAsync("/llm/query/stop", $$"""{"streamId":"{{_streamId}}"}""", cancellationToken);
        if (!reply.Body.Contains("\"stopped\"", StringComparison.Ordinal))
        {
            Fail($"stop was answered {reply.Status}: {reply.Body}");
        }
    }

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

    protected override void OnFailed()
    {
        _opened.TrySetResult();
        _joined.TrySetResult();
    }

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

    private void OnFrame(ReadOnlySpan<byte> frame, long now)
    {
        if (frame.StartsWith(_eventHead))
        {
            OnEvent(frame, now);
        }
        else if (frame.StartsWith("{\"ping\":"u8))
        {
            // An answer of a few bytes to an idle socket does not block.
            Socket.Send(SocketFrame.Write([.. "{\"pong\":"u8, .. frame["{\"ping\":"u8.Length..]]));
        }
        else if (frame.IndexOf("\"id\":1,"u8) is >= 0 and < 8)
        {
            OnJoined(frame);
        }
    }

    private void OnJoined(ReadOnlySpan<byte> reply)
    {
        if (!FramePeek.TryNumber(reply, "\"offset\":"u8, out _offset))
        {
            Fail("join was answered " + Encoding.UTF8.GetString(reply));
        }

        _joined.TrySetResult();
    }

    private void OnEvent(ReadOnlySpan<byte> frame, long now)
    {
        CheckOffset(frame);
        MarkScanner.Scan(frame, Check, now);
        if (frame.IndexOf("\"type\":\"delta\""u8) >= 0)
        {
            return;
        }

        if (frame.IndexOf("\"type\":\"end\""u8) >= 0)
        {
            EndedWell = Failure is null && (Check.SawLast || StoppedAt > 0);
            End();
        }
        else
        {
            Fail("got " + Encoding.UTF8.GetString(frame));
        }
    }

    // A rolled-up frame covers from…offset, an ordinary one its own offset.
    private void CheckOffset(ReadOnlySpan<byte> frame)
    {
        var head = frame[..Math.Min(frame.Length, 128)];
        if (!FramePeek.TryNumber(head, "\"offset\":"u8, out var offset))
        {
            OffsetFaults++;
            return;
        }

        if (!FramePeek.TryNumber(head, "\"from\":"u8, out var from))
        {
            from = offset;
        }

        OffsetFaults += from == _offset + 1 ? 0 : 1;
        _offset = offset;
    }

    private Task SendTextAsync(string text) => SendAsync(SocketFrame.Write(Encoding.UTF8.GetBytes(text)));

    private Task SendAsync(string text) => SendAsync(Encoding.ASCII.GetBytes(text));

    private async Task SendAsync(byte[] bytes) => await Socket.SendAsync(bytes, SocketFlags.None);
}
