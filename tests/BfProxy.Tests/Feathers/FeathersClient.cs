using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace BfProxy.Tests.Feathers;

/// <summary>The real Feathers REST client in a Node process; its packages are restored at the first use, as the lock file says.</summary>
public sealed class FeathersClient : IAsyncLifetime
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Feathers");
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(3);

    public async Task InitializeAsync()
    {
        var restored = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (!restored.Exists || restored.LastWriteTimeUtc < File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
        {
            await RunAsync("npm", ["ci"], input: "");
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Makes calls (<c>{service, method?, data}</c>) one after the other; gives <c>{result}</c> or <c>{error}</c> for each.</summary>
    internal static async Task<List<JsonNode>> CallAsync(Uri address, params JsonNode[] calls)
    {
        var output = await RunAsync("node", ["calls.mjs", address.ToString().TrimEnd('/')], new JsonArray(calls).ToJsonString());
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }

    private static async Task<string> RunAsync(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Start(start);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(LongEnough);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await errors}");
        return await output;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException($"This test needs Node.js: {start.FileName} is not on the PATH (tests/run installs it)", exception);
        }
    }
}
