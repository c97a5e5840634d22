using System.Net;
using System.Net.Sockets;

namespace LoadTest.Running;

/// <summary>Ports on the loopback interface.</summary>
internal static class Loopback
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private const int Attempts = 400;

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public static string AddressOf(int port) => $"http://127.0.0.1:{port}/";

    /// <summary>Waits until somebody listens there.</summary>
    public static async Task WaitForAsync(int port, ChildProcess process, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts && !process.HasExited; attempt++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }

        throw new InvalidOperationException($"Nobody listens on port {port}: {process.LastWords()}");
    }
}
