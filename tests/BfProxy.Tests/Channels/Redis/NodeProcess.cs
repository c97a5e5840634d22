using System.Diagnostics;
using System.Globalization;
using BfProxy.Tests.Host;

namespace BfProxy.Tests.Channels.Redis;

/// <summary>The application as a process of its own, which can be killed.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private NodeProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public static async Task<NodeProcess> StartAsync(string redis, Uri provider, params string[] more)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "BfProxy.dll"), "--urls", "http://127.0.0.1:0", "--environment", "Production", "--contentRoot", AppContext.BaseDirectory,
            "--BfProxy:Backplane:Redis", redis, "--ReverseProxy:Clusters:openai:Destinations:primary:Address", provider.ToString(), "--BfProxy:Providers:openai:ApiKey", "sk-server",
            "--BfProxy:Apps:test:ApiKeys:0", ProxyHost.AppKey, "--BfProxy:Apps:test:AnonymousChannels:0", "anonymous", "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Information", .. more,
        ];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        while (true)
        {
            var line = await process.StandardOutput.ReadLineAsync().WaitAsync(LongEnough);
            Assert.NotNull(line);
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                return new NodeProcess(process, new Uri(line[(at + Listening.Length)..]));
            }
        }
    }

    /// <summary>Holds it as if its machine had stopped: its connections stay, nothing is answered.</summary>
    public void Pause()
    {
        using var kill = Process.Start("kill", ["-STOP", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>SIGKILL: nobody says goodbye.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(LongEnough);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        Disclosures.AssertNoneInRun([], await _process.StandardOutput.ReadToEndAsync().WaitAsync(LongEnough));
        _process.Dispose();
    }
}
