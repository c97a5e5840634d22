using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BfProxy.Tests.Backplane;

/// <summary>A way to a server whose connections can die without a word, as over a network that lost one end: they stay open, and nothing passes any more. New ones pass.</summary>
internal sealed class SilentRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly int _server;
    private readonly Task _accepting;
    private int _generation;

    public SilentRelay(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void FallSilent() => Interlocked.Increment(ref _generation);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var client in _clients)
        {
            client.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var here = await _listener.AcceptTcpClientAsync();
            var there = new TcpClient();
            _clients.Add(here);
            _clients.Add(there);
            await there.ConnectAsync(IPAddress.Loopback, _server);
            var generation = Volatile.Read(ref _generation);
            _ = PassAsync(here, there, generation);
            _ = PassAsync(there, here, generation);
        }
    }

    /// <summary>What comes later is read and dropped; a side that ends takes the other along.</summary>
    private async Task PassAsync(TcpClient from, TcpClient to, int generation)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await from.GetStream().ReadAsync(buffer)) > 0)
            {
                if (generation == Volatile.Read(ref _generation))
                {
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // One of the sides is gone.
        }

        to.Dispose();
    }
}
