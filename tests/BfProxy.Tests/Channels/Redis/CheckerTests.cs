using System.Diagnostics;
using BfProxy.Tests.Host;
using Xunit.Abstractions;

namespace BfProxy.Tests.Channels.Redis;

/// <summary>The checker, for as long as one can wait for it: two nodes, Redis, browsers, and all that can break. The long run is a command, see its usage.</summary>
[Collection(nameof(CheckerTests))]
public sealed class CheckerTests(ITestOutputHelper output)
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task Every_frame_comes_once_and_in_order_while_nodes_and_redis_are_killed()
    {
        var (code, said) = await RunAsync("--nodes", "2", "--seconds", "8", "--clients", "40", "--streams", "8");

        output.WriteLine(said);
        Assert.Contains("lost: 0, repeated: 0, out of order: 0, wrong: 0, unfinished: 0", said, StringComparison.Ordinal);
        Assert.Contains("3 nodes killed, 1 Redis pauses, 2 Redis restarts", said, StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Two_nodes_restarted_in_turn_end_no_stream_by_error_and_lose_no_frame()
    {
        var (code, said) = await RunAsync("--rolling", "true", "--nodes", "2", "--seconds", "1", "--clients", "20", "--slow", "0", "--streams", "20", "--rate", "5");

        output.WriteLine(said);
        Assert.Contains("gaps told: 0; ends by error: 0", said, StringComparison.Ordinal);
        Assert.Contains("lost: 0, repeated: 0, out of order: 0, wrong: 0, unfinished: 0", said, StringComparison.Ordinal);
        Assert.Contains("rolled: 2 restarts", said, StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    private static async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [FindProgram(), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        using var patience = new CancellationTokenSource(LongEnough);
        try
        {
            var (said, complained) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            var all = await said + await complained;
            Assert.Contains("with a key or a prompt: 0", all, StringComparison.Ordinal);
            Disclosures.AssertNoneInRun([], all);
            return (process.ExitCode, all);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Built beside these tests, in the same configuration.</summary>
    private static string FindProgram()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var tests = here;
        while (!Directory.Exists(Path.Combine(tests.FullName, "Checker")))
        {
            tests = tests.Parent ?? throw new InvalidOperationException("The checker runs from a build inside the repository");
        }

        return Path.Combine(tests.FullName, "Checker", "bin", here.Parent!.Name, here.Name, "Checker.dll");
    }
}
