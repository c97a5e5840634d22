using System.Diagnostics;
using System.Threading.Channels;

namespace LoadTest.Running;

/// <summary>A process that we started: spoken to by lines, ended with its children when disposed.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int MaxLines = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Action<string>? _heard;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MaxLines) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Queue<string> _errors = new();

    private ChildProcess(Process process, Action<string>? heard)
    {
        (_process, _heard) = (process, heard);
        process.OutputDataReceived += (_, line) => OnLine(line.Data);
        process.ErrorDataReceived += (_, line) => OnError(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its path or name.</param>
    /// <param name="arguments">What it is told.</param>
    /// <param name="environment">What stands in its environment beside ours.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="heard">Told each line that it writes, on whatever thread.</param>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string directory, Action<string>? heard = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(Process.Start(start)!, heard);
    }

    /// <summary>Starts this program in another role.</summary>
    public static ChildProcess StartRole(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        Start("dotnet", [typeof(ChildProcess).Assembly.Location, .. arguments], environment, AppContext.BaseDirectory);

    /// <summary>Sends a command and returns the line that answers it.</summary>
    public async Task<string> AskAsync(string command, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(command.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await ReadLineAsync(cancellationToken);
    }

    public async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _lines.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken);
        }
        catch (Exception error) when (error is ChannelClosedException or TimeoutException)
        {
            throw new InvalidOperationException($"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} did not answer: {LastWords()}", error);
        }
    }

    /// <summary>The last lines it wrote, to say why it failed.</summary>
    public string LastWords()
    {
        var words = new List<string>();
        while (_lines.Reader.TryRead(out var line))
        {
            words.Add(line);
        }

        lock (_errors)
        {
            words.AddRange(_errors);
        }

        return string.Join('\n', words.TakeLast(20));
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            _lines.Writer.TryComplete();
        }
        else
        {
            _heard?.Invoke(line);
            _lines.Writer.TryWrite(line);
        }
    }

    private void OnError(string? line)
    {
        if (line is null)
        {
            return;
        }

        _heard?.Invoke(line);
        lock (_errors)
        {
            _errors.Enqueue(line);
            if (_errors.Count > MaxLines)
            {
                _errors.Dequeue();
            }
        }
    }
}
