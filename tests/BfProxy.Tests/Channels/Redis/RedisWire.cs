using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BfProxy.Tests.Backplane;

namespace BfProxy.Tests.Channels.Redis;

/// <summary>One node's way to Redis, which may be cut while the others keep theirs.</summary>
internal sealed class RedisWire : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Socket, bool> _ends = new();
    private readonly CancellationTokenSource _over = new();
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _redis;
    private readonly Task _accepting;
    private volatile bool _isCut;

    private RedisWire(RedisServer redis)
    {
        _redis = IPEndPoint.Parse(redis.ConnectionString);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}");

    public static RedisWire To(RedisServer redis) => new(redis);

    public void Cut()
    {
        _isCut = true;
        foreach (var end in _ends.Keys)
        {
            end.Dispose();
        }
    }

    public void Mend() => _isCut = false;

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        Cut();
        _listener.Dispose();
        await _accepting;
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        var wires = new List<Task>();
        try
        {
            while (true)
            {
                var near = await _listener.AcceptAsync(_over.Token);
                wires.Add(CarryAsync(near));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(wires);
        }
    }

    private async Task CarryAsync(Socket near)
    {
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (near)
        {
            try
            {
                (_ends[near], _ends[far]) = (true, true);
                if (!_isCut)
                {
                    await far.ConnectAsync(_redis, _over.Token);
                    await await Task.WhenAny(CopyAsync(near, far), CopyAsync(far, near));
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // Cut, or one side went.
            }

            _ends.TryRemove(near, out _);
            _ends.TryRemove(far, out _);
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await from.ReceiveAsync(buffer.AsMemory())) > 0)
        {
            await to.SendAsync(buffer.AsMemory(0, count));
        }
    }
}
