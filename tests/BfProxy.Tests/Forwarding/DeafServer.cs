using System.Net;
using System.Net.Sockets;

namespace BfProxy.Tests.Forwarding;

/// <summary>A provider behind TLS that takes connections and never says a word, so that none of them stands.</summary>
internal sealed class DeafServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;

    public DeafServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"https://{_listener.LocalEndpoint}/";

    /// <summary>Who had called first has hung up.</summary>
    public Task Left => _left.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                var greeting = new byte[1024];
                while (await socket.ReceiveAsync(greeting, _stopping.Token) > 0)
                {
                    // Whatever it says.
                }

                _left.TrySetResult();
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            _left.TrySetResult();
        }
    }
}
