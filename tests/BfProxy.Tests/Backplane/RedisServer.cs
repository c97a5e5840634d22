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
    private const int MaxAttempts = 5;
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private Process? _process;

    public int Port { get; private set; }

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>A node's way here.</summary>
    internal RedisLink Link() => new(ConnectionString, TimeProvider.System, NullLogger<RedisLink>.Instance);

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        Resume();
        await StopAsync();
    }

    /// <summary>Starts and waits until it takes connections; again where it was before.</summary>
    public async Task StartAsync()
    {
        var isAgain = Port != 0;
        for (var attempts = 0; attempts < MaxAttempts; attempts++)
        {
            // Somebody's connection may have got the port meanwhile.
            Port = isAgain ? Port : FreePort();
            if (await TryStartAsync())
            {
                return;
            }
        }

        Assert.Fail($"Redis did not come to listen on port {Port}");
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

    private async Task<bool> TryStartAsync()
    {
        var program = Environment.GetEnvironmentVariable("REDIS_SERVER_PATH") ?? "redis-server";
        string[] arguments = ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = Path.GetTempPath() })!;
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(LongEnough) is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                _process = process;
                return true;
            }
        }

        process.Dispose();
        return false;
    }

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
