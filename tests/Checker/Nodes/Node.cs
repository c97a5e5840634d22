using LoadTest.Running;

namespace Checker.Nodes;

/// <summary>One BfProxy as a process of its own, which may be killed and started again on its port.</summary>
internal sealed class Node(int provider, int? redis) : IAsyncDisposable
{
    private ChildProcess? _process;

    public int Port { get; } = Loopback.FreePort();

    public bool IsUp { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var program = Repository.BfProxy();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ReverseProxy__Clusters__openai__Destinations__primary__Address"] = Loopback.AddressOf(provider),
            ["BfProxy__Providers__openai__ApiKey"] = "sk-check",
            ["Logging__LogLevel__Default"] = "Warning",
        };
        if (redis is { } port)
        {
            environment["BfProxy__Backplane__Redis"] = $"127.0.0.1:{port}";
        }

        _process = ChildProcess.Start("dotnet", [program, "--urls", Loopback.AddressOf(Port)], environment, Path.GetDirectoryName(program)!);
        await Loopback.WaitForAsync(Port, _process, cancellationToken);
        IsUp = true;
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
}
