using System.Text.Json;
using LoadTest.Client;

namespace LoadTest.Running;

/// <summary>The parent's hand on a client process.</summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    // Reads continue on the thread that polls the sockets: one thread, no hops, no locks.
    private static readonly Dictionary<string, string> Cheap = new(StringComparer.Ordinal)
    {
        ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
        ["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = "1",
        ["DOTNET_gcConcurrent"] = "0",
    };

    private readonly ChildProcess _process;

    private ClientProcess(ChildProcess process) => _process = process;

    public int Id => _process.Id;

    public static ClientProcess Start(ClientOptions options) => new(ChildProcess.StartRole(options.ToArguments(), Cheap));

    public Task ConnectAsync(CancellationToken cancellationToken) => _process.AskAsync("connect", cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => _process.AskAsync("start", cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => _process.AskAsync("stop", cancellationToken);

    /// <summary>What it saw since it was last asked.</summary>
    public async Task<WindowReport> WindowAsync(CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<WindowReport>(await _process.AskAsync("window", cancellationToken))!;

    /// <summary>What went wrong so far, the first few.</summary>
    public async Task<string[]> FailuresAsync(CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<string[]>(await _process.AskAsync("failures", cancellationToken))!;

    /// <summary>Waits for its streams to end.</summary>
    public async Task<ClientReport> FinishAsync(CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<ClientReport>(await _process.AskAsync("finish", cancellationToken))!;

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
