using LoadTest.Client;
using LoadTest.Measuring;
using LoadTest.Running;

namespace LoadTest.Contestants;

/// <summary>All contestants that can run on this machine.</summary>
internal sealed class ContestantCatalog(LoadOptions options)
{
    /// <summary>The one that it is all about.</summary>
    public const string BfProxy = "bfproxy";

    /// <summary>What <see cref="Relaying"/> compares with.</summary>
    public const string Direct = "direct";

    /// <summary>What <see cref="AcrossNodes"/> compares with.</summary>
    public const string OneNode = "one node";

    /// <summary>What <see cref="Conversing"/> compares with.</summary>
    public const string Channels = "channels";

    /// <summary>What <see cref="BareAndAll"/> compares with.</summary>
    public const string Bare = "bare";

    /// <summary>The other one of <see cref="BareAndAll"/>.</summary>
    public const string Everything = "all on";

    private const string NginxProgram = "/usr/sbin/nginx";
    private const string ProbeFile = "probe.sock";

    /// <summary>One for each dialect; all of them are the one fake.</summary>
    private static readonly string[] Providers = ["openai", "openai-responses", "gemini", "anthropic"];

    private readonly string _bfProxy = options.BfProxy ?? Repository.BfProxy();

    /// <summary>Each stream has its own reader.</summary>
    public IEnumerable<Contestant> Relaying()
    {
        yield return new Contestant(Direct, ClientKind.Response, (provider, _, _) => Task.FromResult(new RunningContestant(provider, null, null)));
        yield return new Contestant("passthrough", ClientKind.Response, StartPassThroughAsync);
        if (File.Exists(NginxProgram))
        {
            yield return new Contestant("nginx", ClientKind.Response, StartNginxAsync);
        }

        yield return new Contestant(BfProxy, ClientKind.Channel, StartBfProxyAsync);
    }

    /// <summary>BfProxy in front of the providers that speak otherwise, and as one that keeps threads.</summary>
    public IEnumerable<Contestant> Dialects() =>
        Providers[1..].Select(provider => new Contestant("bfproxy-" + provider, ClientKind.Channel, StartBfProxyAsync) { Provider = provider })
            .Append(new Contestant("bfproxy-assistants", ClientKind.Assistant, StartBfProxyAsync) { Provider = "gemini" });

    /// <summary>Many read one stream.</summary>
    public IEnumerable<Contestant> FanningOut()
    {
        yield return new Contestant("signalr", ClientKind.Hub, (provider, directory, token) => StartYardstickAsync("signalr", provider, directory, token));
        yield return new Contestant("sockets", ClientKind.Hub, (provider, directory, token) => StartYardstickAsync("sockets", provider, directory, token));
        yield return new Contestant(BfProxy, ClientKind.Channel, StartBfProxyAsync);
    }

    /// <summary>
    /// Without and with another node and Redis on their way. Deltas further apart than 40 ms are not held up by the engine's
    /// gathering, so that is left out of the figures at 20 a second and less.
    /// </summary>
    public IEnumerable<Contestant> AcrossNodes()
    {
        yield return new Contestant(OneNode, ClientKind.Channel, StartBfProxyAsync);
        yield return new Contestant("two nodes", ClientKind.Channel, StartNodesAsync);
    }

    /// <summary>BfProxy as it ships, and with everything on that a stream may meet on its way: retry, fallbacks, hedging, circuit breaker, limits, telemetry.</summary>
    public IEnumerable<Contestant> BareAndAll()
    {
        yield return new Contestant(Bare, ClientKind.Channel, StartBfProxyAsync);
        yield return new Contestant(Everything, ClientKind.Channel, StartEverythingAsync);
    }

    /// <summary>The same streams to subscribers of channels and to visitors of a bot.</summary>
    public IEnumerable<Contestant> Conversing()
    {
        yield return new Contestant(Channels, ClientKind.Channel, StartBfProxyAsync);
        yield return new Contestant("sessions", ClientKind.Session, StartBotAsync);
    }

    private static Task<RunningContestant> StartYardstickAsync(string role, int provider, string directory, CancellationToken cancellationToken)
    {
        var port = Loopback.FreePort();
        string[] arguments = [role, "--urls", Loopback.AddressOf(port), "--to", Loopback.AddressOf(provider)];
        return ReadyAsync(ChildProcess.StartRole(arguments, Probed(directory)), port, directory, cancellationToken);
    }

    private static Task<RunningContestant> StartPassThroughAsync(int provider, string directory, CancellationToken cancellationToken)
    {
        var port = Loopback.FreePort();
        var environment = Probed(directory);

        // BfProxy runs on the server collector, so its yardstick does.
        environment["DOTNET_gcServer"] = "1";
        string[] arguments = ["passthrough", "--urls", Loopback.AddressOf(port), "--to", Loopback.AddressOf(provider)];
        return ReadyAsync(ChildProcess.StartRole(arguments, environment), port, directory, cancellationToken);
    }

    private Task<RunningContestant> StartBfProxyAsync(int provider, string directory, CancellationToken cancellationToken) =>
        StartNodeAsync(provider, directory, new(StringComparer.Ordinal) { ["BfProxy__Channels__RollUp"] = TimeSpan.FromMilliseconds(options.RollUp).ToString() }, cancellationToken);

    private Task<RunningContestant> StartEverythingAsync(int provider, string directory, CancellationToken cancellationToken)
    {
        var switches = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["BfProxy__Channels__RollUp"] = TimeSpan.FromMilliseconds(options.RollUp).ToString(),
            ["BfProxy__Providers__openai__Retry__Attempts"] = "2",
            ["BfProxy__Providers__openai__Fallbacks__0__Provider"] = "gemini",
            ["BfProxy__Providers__openai__HedgeAfter"] = "00:00:05",
            ["BfProxy__Providers__openai__CircuitBreaker__Enabled"] = "true",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Loopback.AddressOf(provider),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        };
        foreach (var limit in (string[])["RequestsPerMinute", "TokensPerMinute", "ConcurrentStreams", "ConnectionsPerAddress"])
        {
            switches[$"BfProxy__Apps__demo__{limit}"] = "1000000000";
        }

        return StartNodeAsync(provider, directory, switches, cancellationToken);
    }

    private Task<RunningContestant> StartBotAsync(int provider, string directory, CancellationToken cancellationToken) => StartNodeAsync(
        provider,
        directory,
        new(StringComparer.Ordinal) { ["BfProxy__Bots__load__App"] = "demo", ["BfProxy__Bots__load__Model"] = "gpt-load", ["BfProxy__Bots__load__StartsPerMinute"] = "100000" },
        cancellationToken);

    /// <summary>Streams run on the first node, subscribers are on the second.</summary>
    private async Task<RunningContestant> StartNodesAsync(int provider, string directory, CancellationToken cancellationToken)
    {
        var redis = await RedisProcess.StartAsync(cancellationToken);
        var shared = new Dictionary<string, string>(StringComparer.Ordinal) { ["BfProxy__Backplane__Redis"] = $"127.0.0.1:{redis.Port}" };
        var first = await StartNodeAsync(provider, directory, shared, cancellationToken);
        var second = await StartNodeAsync(provider, Directory.CreateDirectory(Path.Combine(directory, "second")).FullName, shared, cancellationToken);
        return second with { ControlPort = first.Port, Peers = [first.Process!, redis.Process] };
    }

    private Task<RunningContestant> StartNodeAsync(int provider, string directory, Dictionary<string, string> more, CancellationToken cancellationToken)
    {
        if (!File.Exists(_bfProxy))
        {
            throw new InvalidOperationException($"{_bfProxy} is not there: build it in Release first");
        }

        var port = Loopback.FreePort();
        var environment = Probed(directory);
        environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        environment["BfProxy__Providers__openai-responses__Dialect"] = "openai-responses";
        environment["BfProxy__Providers__openai-responses__Cluster"] = "openai";
        foreach (var name in Providers)
        {
            environment[$"BfProxy__Providers__{name}__ApiKey"] = "sk-load";
            if (name != "openai-responses")
            {
                environment[$"ReverseProxy__Clusters__{name}__Destinations__primary__Address"] = Loopback.AddressOf(provider);
            }
        }

        environment["Logging__LogLevel__Default"] = "Warning";
        foreach (var (name, value) in more)
        {
            environment[name] = value;
        }

        string[] arguments = [Path.GetFullPath(_bfProxy), "--urls", Loopback.AddressOf(port)];
        var process = ChildProcess.Start("dotnet", arguments, environment, Path.GetDirectoryName(arguments[0])!);
        return ReadyAsync(process, port, directory, cancellationToken);
    }

    private static async Task<RunningContestant> StartNginxAsync(int provider, string directory, CancellationToken cancellationToken)
    {
        var port = Loopback.FreePort();
        var configuration = Path.Combine(directory, "nginx.conf");
        await File.WriteAllTextAsync(configuration, NginxConfiguration.Text(port, provider, directory), cancellationToken);
        string[] arguments = ["-p", directory, "-e", Path.Combine(directory, "error.log"), "-c", configuration];
        var process = ChildProcess.Start(NginxProgram, arguments, new Dictionary<string, string>(StringComparer.Ordinal), directory);
        var running = await ReadyAsync(process, port, directory, cancellationToken);
        return running with { Probe = null };
    }

    private static Dictionary<string, string> Probed(string directory) => new(StringComparer.Ordinal)
    {
        ["DOTNET_STARTUP_HOOKS"] = typeof(HeapProbe).Assembly.Location,
        [HeapProbe.PathVariable] = Path.Combine(directory, ProbeFile),
    };

    private static async Task<RunningContestant> ReadyAsync(ChildProcess process, int port, string directory, CancellationToken cancellationToken)
    {
        try
        {
            await Loopback.WaitForAsync(port, process, cancellationToken);
            return new RunningContestant(port, process, Path.Combine(directory, ProbeFile));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
