using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace LoadTest.Client;

/// <summary>A stream read from a channel, over a WebSocket that joined before the POST.</summary>
internal class ChannelStream(int number, ClientOptions options, ClientTally tally)
    : SocketStream(number, options, tally, "/message/connect?app=demo")
{
    private readonly byte[] _eventHead = Encoding.UTF8.GetBytes($$"""{"channel":"load-{{options.StreamOf(number)}}",""");
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _offset;

    /// <summary>Where streams are asked for.</summary>
    protected virtual string Path => "/stream/create";

    /// <summary>Where they are stopped.</summary>
    protected virtual string StopPath => "/llm/query/stop";

    /// <summary>What the answer to a stop says.</summary>
    protected virtual string Stopped => "\"stopped\"";

    private string Stop { get; set; } = "";

    public override async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await UpgradeAsync(cancellationToken);
        await SendTextAsync($$$"""{"id":1,"action":"channelJoinAnon","options":{"channel":"load-{{{Subject}}}"}}""");
        await _joined.Task.WaitAsync(cancellationToken);
    }

    public override async Task StartAsync(ControlConnection control, CancellationToken cancellationToken)
    {
        var body = $$$"""{"apiKey":"BFAPI_demo","channels":["load-{{{Subject}}}"],"actionName":"load","payload":{"provider":"{{{Options.Provider}}}","stream":true,"model":"{{{Options.ModelOf(Subject)}}}","messages":[{"role":"user","content":"load"}]}}""";
        var reply = await control.PostAsync(Path, body, cancellationToken);
        if (reply.Status != 201)
        {
            Fail($"status {reply.Status}: {reply.Body}");
            return;
        }

        AcknowledgedAt = reply.At;
        Stop = StopOf(JsonSerializer.Deserialize<JsonElement>(reply.Body));
    }

    public override async Task StopAsync(ControlConnection control, CancellationToken cancellationToken)
    {
        StoppedAt = Stopwatch.GetTimestamp();
        var reply = await control.PostAsync(StopPath, Stop, cancellationToken);
        if (!reply.Body.Contains(Stopped, StringComparison.Ordinal))
        {
            Fail($"stop was answered {reply.Status}: {reply.Body}");
        }
    }

    /// <summary>What stops the stream that was accepted.</summary>
    protected virtual string StopOf(JsonElement accepted) => $$"""{"streamId":"{{accepted.GetProperty("streamId").GetString()}}"}""";

    protected override void OnFailed()
    {
        base.OnFailed();
        _joined.TrySetResult();
    }

    protected override void OnFrame(ReadOnlySpan<byte> frame, long now)
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
        if (frame.IndexOf("\"type\":\"delta\""u8) >= 0 || frame.IndexOf("\"type\":\"threadInfo\""u8) >= 0)
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
}
