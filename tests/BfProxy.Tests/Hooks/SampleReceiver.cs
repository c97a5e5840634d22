using System.Diagnostics;
using BfProxy.Tests.Host;

namespace BfProxy.Tests.Hooks;

/// <summary><c>config/examples/hook-receiver.mjs</c> in a Node process of its own, on a free port.</summary>
internal sealed class SampleReceiver : IAsyncDisposable
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _secret;
    private readonly Task<string> _complained;

    private SampleReceiver(Process process, string secret, Uri address)
    {
        (_process, _secret, Address) = (process, secret, address);
        _complained = process.StandardError.ReadToEndAsync();
    }

    public Uri Address { get; }

    public static async Task<SampleReceiver> StartAsync(string secret)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "config", "examples", "hook-receiver.mjs"), "0"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["HOOK_SECRET"] = secret },
        };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(LongEnough);
        return new SampleReceiver(process, secret, new Uri(line!["Listening on ".Length..]));
    }

    /// <summary>What it printed after its address; ends it.</summary>
    public async Task<string> StopAsync()
    {
        _process.Kill();
        var said = await _process.StandardOutput.ReadToEndAsync().WaitAsync(LongEnough);
        string[] all = [said, await _complained.WaitAsync(LongEnough)];
        Disclosures.AssertNone([_secret], all);
        Disclosures.AssertNoneInRun([_secret], all);
        return said;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await StopAsync();
        }

        await _process.WaitForExitAsync().WaitAsync(LongEnough);
        _process.Dispose();
    }
}
