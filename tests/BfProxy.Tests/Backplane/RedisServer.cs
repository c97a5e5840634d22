using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BfProxy.Backplane;
using Microsoft.Extensions.Logging.Abstractions;

namespace BfProxy.Tests.Backplane;

/// <summary>A Redis of the test's own on a free port, without a disk: when it is restarted, all is gone.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private Process? _process;

    public int Port { get; } = FreePort();

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>A node's way here.</summary>
    internal RedisLink Link() => new(ConnectionString, TimeProvider.System, NullLogger<RedisLink>.Instance);

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        Resume();
        await StopAsync();
    }

    /// <summary>Starts and waits until it takes connections.</summary>
    public async Task StartAsync()
    {
        var program = Environment.GetEnvironmentVariable("REDIS_SERVER_PATH") ?? "redis-server";
        string[] arguments = ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = Path.GetTempPath() })!;
        string? line;
        do
        {
            line = await _process.StandardOutput.ReadLineAsync().WaitAsync(LongEnough);
            Assert.NotNull(line);
        }
        while (!line.Contains("Ready to accept connections", StringComparison.Ordinal));
    }

    /// <summary>SIGKILL: connections are reset, what it held is lost.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync().WaitAsync(LongEnough);
            process.Dispose();
        }
    }

    /// <summary>Holds it as if its machine had stopped: connections stay, nothing is answered.</summary>
    public void Pause() => Signal("STOP");

    public void Resume() => Signal("CONT");

    private void Signal(string name)
    {
        if (_process is not null)
        {
            using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
