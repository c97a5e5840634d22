using System.Diagnostics;

namespace Browser.Tests;

/// <summary>The real widget of Typebot in the versions that matter, restored from the lock file at the first use; never part of what is shipped.</summary>
internal static class WidgetPackages
{
    /// <summary>The newest, the last with another way to fail, and the oldest that reads data-stream lines.</summary>
    public static readonly TheoryData<string> Versions = new("0.10.7", "0.3.61", "0.2.92");

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Typebot");
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(3);

    public static string ScriptOf(string version) => Path.Combine(Folder, "node_modules", $"typebot-{version}", "dist", "web.js");

    public static async Task RestoreAsync()
    {
        var restored = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (restored.Exists && restored.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
        {
            return;
        }

        var start = new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]) { WorkingDirectory = Folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(LongEnough);
        await output;
        Assert.True(process.ExitCode == 0, $"npm ci: {await errors}");
    }
}
