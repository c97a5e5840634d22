using System.Diagnostics;
using System.Net.Sockets;

namespace FakeProvider.Load;

/// <summary>
/// One stream under load. Its deltas go from the wheel straight to the socket: the cheapest write there is, so that the
/// fake disturbs little of what is measured. Kestrel wrote the headers and writes the end; between them it is silent.
/// </summary>
internal sealed class PacedStream(LoadModel model, DeltaTemplate template, Socket socket)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _unsent = [];
    private volatile bool _finishing;
    private volatile bool _gone;
    private bool _lastSent;

    public LoadModel Model => model;

    /// <summary>The wheel has sent all and will not touch the socket again.</summary>
    public Task Done => _done.Task;

    public int Sent { get; private set; }

    public long ReceivedAt { get; } = Stopwatch.GetTimestamp();

    public long HeadersSentAt { get; set; }

    public long GoneAt { get; private set; }

    public void Finish() => _finishing = true;

    public void MarkGone()
    {
        GoneAt = Stopwatch.GetTimestamp();
        _gone = true;
        _done.TrySetResult();
    }

    /// <summary>Sends the next delta, or what the kernel did not take of the one before; false when all is sent. Called by the wheel only.</summary>
    public bool Tick()
    {
        if (_gone)
        {
            return false;
        }

        if (_unsent.Length > 0)
        {
            Send(_unsent);
        }
        else
        {
            _lastSent = _finishing || Sent >= model.Tokens - 1;
            Send(template.Fill(new LoadMark(model.Stream, Sent, Stopwatch.GetTimestamp(), _lastSent)));
            Sent++;
        }

        if (!_lastSent || _unsent.Length > 0)
        {
            return true;
        }

        _done.TrySetResult();
        return false;
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var sent = socket.Send(bytes, SocketFlags.None, out var error);
            _unsent = error switch
            {
                SocketError.Success => bytes[sent..].ToArray(),
                SocketError.WouldBlock => bytes.ToArray(),
                _ => [],
            };
        }
        catch (ObjectDisposedException)
        {
            // The peer left a moment ago; Kestrel is about to say so.
        }
    }
}
