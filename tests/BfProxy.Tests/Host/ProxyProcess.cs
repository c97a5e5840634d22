using System.Collections.Concurrent;
using System.Diagnostics;

namespace BfProxy.Tests.Host;

/// <summary>The application as a process of its own: with an environment, with signals, and with nothing shared with other tests.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri?> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile Tuple<string, TaskCompletionSource>? _awaited;

    private ProxyProcess(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "BfProxy.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; private set; } = null!;

    public bool HasExited => _process.HasExited;

    /// <summary>All that it has written.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Starts it with an app whose key is <see cref="ProxyHost.AppKey"/>, and waits until it listens.</summary>
    /// <param name="settings">Configuration keys and values.</param>
    /// <param name="environment">Environment variables beside the test's own.</param>
    public static async Task<ProxyProcess> StartAsync(IReadOnlyDictionary<string, string> settings, IReadOnlyDictionary<string, string>? environment = null)
    {
        string[] fixedArguments =
        [
            "--urls", "http://127.0.0.1:0", "--environment", "Production", "--contentRoot", AppContext.BaseDirectory, "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Information",
            "--BfProxy:Apps:test:ApiKeys:0", ProxyHost.AppKey, "--BfProxy:Apps:test:AnonymousChannels:0", "anonymous", "--BfProxy:Apps:test:AnonymousChannels:1", "open-*",
        ];
        var process = new ProxyProcess([.. fixedArguments, .. settings.SelectMany(pair => new[] { "--" + pair.Key, pair.Value })], environment ?? new Dictionary<string, string>(StringComparer.Ordinal));
        var address = await process._address.Task.WaitAsync(LongEnough);
        Assert.True(address is not null, process.Output);
        process.Address = address;
        return process;
    }

    /// <summary>Runs a command of it to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        await using var process = new ProxyProcess(arguments, new Dictionary<string, string>(StringComparer.Ordinal));
        var code = await process.ExitAsync();
        return (code, process.Output);
    }

    /// <summary>SIGTERM, as an orchestrator sends it.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().WaitAsync(LongEnough);
    }

    /// <summary>Waits until it has written a line with this text.</summary>
    public Task SaysAsync(string text)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited = Tuple.Create(text, said);
        if (Output.Contains(text, StringComparison.Ordinal))
        {
            said.TrySetResult();
        }

        return said.Task.WaitAsync(LongEnough);
    }

    /// <summary>Waits until it is gone.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(LongEnough);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync().WaitAsync(LongEnough);
        }

        _process.Dispose();
        Disclosures.AssertNoneInRun([], Output);
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            _address.TrySetResult(null);
            return;
        }

        _lines.Enqueue(line);
        if (_awaited is var (text, said) && line.Contains(text, StringComparison.Ordinal))
        {
            said.TrySetResult();
        }

        if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
        {
            _address.TrySetResult(new Uri(line[(at + Listening.Length)..]));
        }
    }
}
