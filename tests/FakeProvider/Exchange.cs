using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace FakeProvider;

/// <summary>One request being answered: what a step of a script can do to the connection.</summary>
internal sealed class Exchange
{
    private readonly HttpContext _context;
    private readonly SeenRequest _request;
    private readonly CancellationToken _stopping;
    private volatile bool _over;

    public Exchange(HttpContext context, SeenRequest request, CancellationToken stopping)
    {
        _context = context;
        _request = request;
        _stopping = stopping;
        Gone = context.RequestAborted;
        Gone.UnsafeRegister(static state => ((Exchange)state!).OnGone(), this);
    }

    /// <summary>Cancelled when the peer is gone.</summary>
    public CancellationToken Gone { get; }

    public HttpResponse Response => _context.Response;

    private Socket Socket => _context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;

    /// <summary>Runs the steps; a peer that leaves, or the server's end, ends them.</summary>
    public async Task RunAsync(IEnumerable<Func<Exchange, ValueTask>> steps)
    {
        using var stopping = _stopping.UnsafeRegister(static state => ((Exchange)state!).Abort(), this);
        try
        {
            foreach (var step in steps)
            {
                await step(this);
            }

            await EndAsync();
        }
        catch (OperationCanceledException)
        {
            // Gone: whose doing it was is recorded where it happened. The token's other callbacks may have come first.
            if (Gone.IsCancellationRequested)
            {
                OnGone();
            }
        }
        finally
        {
            _over = true;
            _request.MarkFinished();
        }
    }

    public async ValueTask SendHeadersAsync()
    {
        if (Response.HasStarted)
        {
            return;
        }

        await Response.StartAsync(Gone);
        await Response.BodyWriter.FlushAsync(Gone);
        _request.MarkHeadersSent();
    }

    /// <summary>One write, on the wire by itself when this completes.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        var first = !Response.HasStarted;
        await Response.BodyWriter.WriteAsync(bytes, Gone);
        Gone.ThrowIfCancellationRequested();
        if (first)
        {
            _request.MarkHeadersSent();
        }
    }

    /// <summary>Past Kestrel, straight to the socket: for what is not HTTP.</summary>
    public async ValueTask WriteRawAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes, SocketFlags.None, Gone)..];
        }
    }

    /// <summary>FIN after what was written; the body's end is missing. Waits for the peer to close too.</summary>
    public async ValueTask CutAsync()
    {
        _over = true;
        Socket.Shutdown(SocketShutdown.Send);
        await HangAsync();
    }

    /// <summary>RST.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        Abort();
        throw new OperationCanceledException("The script reset the connection");
    }

    public async ValueTask HangAsync() => await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Gone);

    private async ValueTask EndAsync()
    {
        await Response.CompleteAsync();
        if (_request.HeadersSentAt == 0)
        {
            _request.MarkHeadersSent();
        }
    }

    private void Abort()
    {
        _over = true;
        _context.Abort();
    }

    private void OnGone()
    {
        if (!_over)
        {
            _request.MarkPeerGone();
        }
    }
}
