using LoadTest.Client;
using LoadTest.Contestants;
using LoadTest.Measuring;

namespace LoadTest.Running;

/// <summary>A fresh fake provider with one contestant in front of it, warmed up.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private const int WarmUpFirst = 10_000_000;
    private const int WarmUpStreams = 200;
    private const int WarmUpRate = 50;
    private const int WarmUpTokens = 300;
    private const int SharedWarmUpTokens = 2000;
    private const int SharedWarmUpRate = 250;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    private readonly ChildProcess _provider;
    private readonly RunningContestant _contestant;
    private readonly ClientKind _kind;
    private readonly string _asked;
    private readonly string _directory;

    private Stage(ChildProcess provider, int providerPort, RunningContestant contestant, Contestant plan, string directory)
    {
        _provider = provider;
        _contestant = contestant;
        (_kind, _asked) = (plan.Kind, plan.Provider);
        _directory = directory;
        Provider = new ProviderDesk(providerPort);
    }

    public ProviderDesk Provider { get; }

    /// <summary>Where subscribers go.</summary>
    public int Port => _contestant.Port;

    public static async Task<Stage> StartAsync(Contestant contestant, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("bfproxy-load-").FullName;
        var port = Loopback.FreePort();
        var provider = ChildProcess.StartRole(["fake", "--urls", Loopback.AddressOf(port)], new Dictionary<string, string>(StringComparer.Ordinal));
        try
        {
            await Loopback.WaitForAsync(port, provider, cancellationToken);
            var running = await contestant.Start(port, directory, cancellationToken);
            return new Stage(provider, port, running, contestant, directory);
        }
        catch
        {
            await provider.DisposeAsync();
            Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    /// <summary>Streams until the hot code is compiled, then a rest. Throws where that fails: there is nothing to measure then.</summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken, bool shared = false)
    {
        var options = ClientOf(WarmUpFirst, WarmUpStreams, shared ? SharedWarmUpTokens : WarmUpTokens, shared ? SharedWarmUpRate : WarmUpRate) with { Shared = shared };
        await using var client = ClientProcess.Start(options);
        await client.ConnectAsync(cancellationToken);
        await client.StartAsync(cancellationToken);
        var report = await client.FinishAsync(cancellationToken);
        if (!report.IsClean)
        {
            throw new InvalidOperationException($"The warm-up failed: {report}\n{_contestant.Process?.LastWords()}");
        }

        await Task.Delay(Rest, TimeProvider.System, cancellationToken);
    }

    public ClientOptions ClientOf(int first, int streams, int tokens, int rate) => new(_kind, _contestant.Port, _contestant.ControlPort, first, streams, tokens, rate, _asked);

    public CpuState Cpu(int client) => new(
        _contestant.Processes.Sum(process => ProcessAccount.CpuMicroseconds(process.Id)),
        ProcessAccount.CpuMicroseconds(_provider.Id),
        ProcessAccount.CpuMicroseconds(client));

    public async Task<MemoryState> MemoryAsync(CancellationToken cancellationToken)
    {
        var heap = _contestant.Probe is { } probe ? await HeapProbe.AskAsync(probe, collect: true, cancellationToken) : (HeapState?)null;
        return new MemoryState(_contestant.Process is { } process ? ProcessAccount.ResidentBytes(process.Id) : 0, heap);
    }

    /// <summary>Bytes that the contestant allocated so far, where it is a .NET process.</summary>
    public async Task<long?> AllocatedAsync(CancellationToken cancellationToken) => _contestant.Probe is { } probe
        ? (await HeapProbe.AskAsync(probe, collect: false, cancellationToken)).Allocated
        : null;

    public async ValueTask DisposeAsync()
    {
        await _contestant.DisposeAsync();
        await _provider.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
