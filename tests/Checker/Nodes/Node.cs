using System.Collections.Concurrent;
using System.Globalization;
using LoadTest.Running;

namespace Checker.Nodes;

/// <summary>One BfProxy as a process of its own, which may be killed and started again on its port.</summary>
internal sealed class Node(int provider, int? redis) : IAsyncDisposable
{
    /// <summary>How long whoever sends requests here goes on with it after the node was told to go.</summary>
    private static readonly TimeSpan Unnoticed = TimeSpan.FromMilliseconds(500);

    private const string ProviderKey = "sk-check-of-the-server";

    private readonly ConcurrentQueue<string> _lines = new();
    private ChildProcess? _process;
    private int _disclosures;

    public int Port { get; } = Loopback.FreePort();

    public bool IsUp { get; private set; }

    /// <summary>What it has written, from warnings up.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Those of them with a key or a prompt in it.</summary>
    public int Disclosures => Volatile.Read(ref _disclosures);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var program = Repository.BfProxy();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ReverseProxy__Clusters__openai__Destinations__primary__Address"] = Loopback.AddressOf(provider),
            ["BfProxy__Providers__openai__ApiKey"] = ProviderKey,
            ["Logging__LogLevel__Default"] = "Warning",
        };
        if (redis is { } port)
        {
            environment["BfProxy__Backplane__Redis"] = $"127.0.0.1:{port}";
        }

        _process = ChildProcess.Start("dotnet", [program, "--urls", Loopback.AddressOf(Port)], environment, Path.GetDirectoryName(program)!, Hear);
        await Loopback.WaitForAsync(Port, _process, cancellationToken);
        IsUp = true;
    }

    /// <summary>SIGTERM, as an orchestrator does it: the node drains, and is gone by itself.</summary>
    public async Task TerminateAsync(CancellationToken cancellationToken)
    {
        var process = _process!;
        using (var kill = System.Diagnostics.Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(cancellationToken);
        }

        await Task.Delay(Unnoticed, TimeProvider.System, cancellationToken);
        IsUp = false;
        await process.WaitForExitAsync(cancellationToken);
        await KillAsync();
    }

    /// <summary>SIGKILL: nobody says goodbye.</summary>
    public async Task KillAsync()
    {
        IsUp = false;
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
        }
    }

    public string LastWords() => _process?.LastWords() ?? "";

    public async ValueTask DisposeAsync() => await KillAsync();

    private void Hear(string line)
    {
        _lines.Enqueue(line);
        if (line.Contains(ProviderKey, StringComparison.Ordinal) || line.Contains(Streams.Prompt, StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _disclosures);
        }
    }
}
