using System.Text;
using LoadTest.Roles;

namespace LoadTest.Client;

/// <summary>A stream read from a group of a SignalR hub, in SignalR's JSON protocol.</summary>
internal sealed class HubStream(int number, ClientOptions options, ClientTally tally) : SocketStream(number, options, tally, SignalRRole.HubPath)
{
    private const byte EndOfRecord = 0x1e;

    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await UpgradeAsync(cancellationToken);
        await SendTextAsync("{\"protocol\":\"json\",\"version\":1}\u001e");
        await SendTextAsync($$"""{"type":1,"invocationId":"1","target":"{{nameof(SignalRRole.Fan.Join)}}","arguments":["load-{{Subject}}"]}""" + "\u001e");
        await _joined.Task.WaitAsync(cancellationToken);
    }

    public override async Task StartAsync(ControlConnection control, CancellationToken cancellationToken)
    {
        var reply = await control.PostAsync(SignalRRole.StartPath, $$"""{"group":"load-{{Subject}}","model":"{{Options.ModelOf(Subject)}}"}""", cancellationToken);
        if (reply.Status != 201)
        {
            Fail($"status {reply.Status}: {reply.Body}");
            return;
        }

        AcknowledgedAt = reply.At;
    }

    public override Task StopAsync(ControlConnection control, CancellationToken cancellationToken) => throw new NotSupportedException();

    protected override void OnFailed()
    {
        base.OnFailed();
        _joined.TrySetResult();
    }

    /// <summary>A message may hold several records.</summary>
    protected override void OnFrame(ReadOnlySpan<byte> frame, long now)
    {
        foreach (var range in frame.Split(EndOfRecord))
        {
            OnRecord(frame[range], now);
        }
    }

    private void OnRecord(ReadOnlySpan<byte> record, long now)
    {
        if (record.StartsWith("{\"type\":3"u8))
        {
            _joined.TrySetResult();
        }
        else if (record.StartsWith("{\"type\":1"u8))
        {
            MarkScanner.Scan(record, Check, now);
            if (record.IndexOf("\"end\""u8) >= 0)
            {
                EndedWell = Failure is null && Check.SawLast;
                End();
            }
        }
        else if (record.IndexOf("\"error\""u8) >= 0)
        {
            Fail("got " + Encoding.UTF8.GetString(record));
        }
    }
}
