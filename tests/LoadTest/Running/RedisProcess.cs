using System.Globalization;

namespace LoadTest.Running;

/// <summary>A Redis of our own, without a disk: when it is restarted, all is gone.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private ChildProcess _process;

    private RedisProcess(int port, ChildProcess process)
    {
        Port = port;
        _process = process;
    }

    public int Port { get; }

    public ChildProcess Process => _process;

    public static async Task<RedisProcess> StartAsync(CancellationToken cancellationToken)
    {
        var port = Loopback.FreePort();
        return new RedisProcess(port, await StartAsync(port, cancellationToken));
    }

    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await _process.DisposeAsync();
        _process = await StartAsync(Port, cancellationToken);
    }

    /// <summary>Holds it as if its machine had stopped: connections stay, nothing is answered.</summary>
    public async Task PauseAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        Signal("STOP");
        await Task.Delay(time, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Signal("CONT");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<ChildProcess> StartAsync(int port, CancellationToken cancellationToken)
    {
        string[] arguments = ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
        var process = ChildProcess.Start(Environment.GetEnvironmentVariable("REDIS_SERVER_PATH") ?? "redis-server", arguments, new Dictionary<string, string>(StringComparer.Ordinal), Path.GetTempPath());
        await Loopback.WaitForAsync(port, process, cancellationToken);
        return process;
    }

    private void Signal(string name)
    {
        using var kill = System.Diagnostics.Process.Start("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
