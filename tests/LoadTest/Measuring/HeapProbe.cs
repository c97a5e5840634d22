using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LoadTest.Measuring;

/// <summary>
/// Tells a measured .NET process's managed heap after a full collection. It is put into that process as a startup hook,
/// waits on a Unix socket, and costs nothing until asked.
/// </summary>
internal static class HeapProbe
{
    public const string PathVariable = "LOADTEST_PROBE";

    private const byte Collect = (byte)'c';
    private const byte Look = (byte)'l';

    public static void Serve()
    {
        var path = Environment.GetEnvironmentVariable(PathVariable);
        if (!string.IsNullOrEmpty(path))
        {
            new Thread(() => Answer(path)) { IsBackground = true, Name = "heap probe" }.Start();
        }
    }

    /// <summary>With a full collection first, or, for the allocated bytes alone, without.</summary>
    public static async Task<HeapState> AskAsync(string path, bool collect, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        await socket.SendAsync(new[] { collect ? Collect : Look }, SocketFlags.None, cancellationToken);
        var answer = new byte[128];
        var read = await socket.ReceiveAsync(answer, SocketFlags.None, cancellationToken);
        var fields = Encoding.ASCII.GetString(answer, 0, read).Split(' ');
        return new HeapState(long.Parse(fields[0], CultureInfo.InvariantCulture), long.Parse(fields[1], CultureInfo.InvariantCulture));
    }

    private static void Answer(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        while (true)
        {
            using var asker = listener.Accept();
            var question = new byte[1];
            asker.Receive(question);
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            if (question[0] == Collect)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                GC.Collect();
            }

            asker.Send(Encoding.ASCII.GetBytes($"{GC.GetTotalMemory(forceFullCollection: false)} {allocated}"));
        }
    }
}
