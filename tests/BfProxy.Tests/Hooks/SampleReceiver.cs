using System.Diagnostics;

namespace BfProxy.Tests.Hooks;

/// <summary><c>config/examples/hook-receiver.mjs</c> in a Node process of its own, on a free port.</summary>
internal sealed class SampleReceiver : IAsyncDisposable
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private SampleReceiver(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<SampleReceiver> StartAsync(string secret)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "config", "examples", "hook-receiver.mjs"), "0"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { ["HOOK_SECRET"] = secret },
        };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(LongEnough);
        return new SampleReceiver(process, new Uri(line!["Listening on ".Length..]));
    }

    /// <summary>What it printed after its address; ends it.</summary>
    public async Task<string> StopAsync()
    {
        _process.Kill();
        return await _process.StandardOutput.ReadToEndAsync().WaitAsync(LongEnough);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync().WaitAsync(LongEnough);
        _process.Dispose();
    }
}
