using System.Diagnostics;
using System.Text;

namespace Browser.Tests;

/// <summary>The real application as a process of its own, on a free port, in the Development environment.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly StringBuilder _output = new();

    private readonly Process _process;

    private AppProcess(int port, IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "BfProxy.dll"), "--urls", $"http://127.0.0.1:{port}" },
            WorkingDirectory = AppContext.BaseDirectory,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException($"The application ended while starting:\n{Output}"));
    }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts it and waits until it listens; where it does not, it is ended.</summary>
    public static async Task<(AppProcess Process, Uri Address)> StartAsync(int port = 0, IReadOnlyDictionary<string, string>? settings = null)
    {
        var app = new AppProcess(port, settings ?? new Dictionary<string, string>(StringComparer.Ordinal));
        app._process.Start();
        try
        {
            app._process.BeginOutputReadLine();
            app._process.BeginErrorReadLine();
            return (app, await app._address.Task.WaitAsync(StartTimeout));
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        var start = line.IndexOf(Listening, StringComparison.Ordinal);
        if (start >= 0)
        {
            _address.TrySetResult(new Uri(line[(start + Listening.Length)..].TrimEnd()));
        }
    }
}
