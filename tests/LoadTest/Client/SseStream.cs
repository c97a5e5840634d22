using System.Net.Sockets;
using System.Text;

namespace LoadTest.Client;

/// <summary>A stream read from the response of its own POST: direct, or through a proxy that passes it on.</summary>
internal class SseStream(int number, ClientOptions options, ClientTally tally) : LoadStream(number, options, tally)
{
    private readonly TaskCompletionSource _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ByteQueue _body = new();
    private ChunkedBody _chunks;
    private bool _hasHead;

    public override Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override async Task StartAsync(ControlConnection control, CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        var (path, body) = await PrepareAsync(control, cancellationToken);
        var request = $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{Options.Port}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        await Socket.SendAsync(Encoding.ASCII.GetBytes(request), SocketFlags.None, cancellationToken);
        await _acknowledged.Task.WaitAsync(cancellationToken);
    }

    public override Task StopAsync(ControlConnection control, CancellationToken cancellationToken)
    {
        StoppedAt = System.Diagnostics.Stopwatch.GetTimestamp();
        EndedWell = true;
        Close();
        return Task.CompletedTask;
    }

    /// <summary>Does what must be done before, and says where the stream is and what it is asked with.</summary>
    protected virtual Task<(string Path, string Body)> PrepareAsync(ControlConnection control, CancellationToken cancellationToken) => Task.FromResult(
        ("/v1/chat/completions", $$"""{"model":"{{Options.ModelOf(Number)}}","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"load"}]}"""));

    protected override int Consume(ReadOnlySpan<byte> bytes, long now)
    {
        var used = 0;
        if (!_hasHead)
        {
            used = ConsumeHead(bytes, now);
            if (used == 0)
            {
                return 0;
            }
        }

        used += _chunks.Decode(bytes[used..], _body);
        _body.Take(MarkScanner.Scan(_body.Waiting, Check, now));
        if (_chunks.IsOver)
        {
            EndedWell = Check.SawLast;
            End();
        }

        return used;
    }

    protected override void OnFailed() => _acknowledged.TrySetResult();

    private int ConsumeHead(ReadOnlySpan<byte> bytes, long now)
    {
        var length = ResponseHead.TryRead(bytes, out var head);
        if (length == 0)
        {
            return 0;
        }

        _hasHead = true;
        AcknowledgedAt = now;
        if (head is not { Status: 200, Chunked: true })
        {
            Fail($"status {head.Status}");
        }

        _acknowledged.TrySetResult();
        return length;
    }
}
