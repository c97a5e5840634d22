using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BfProxy.Tests.Host;

/// <summary>Keeps what is logged, and knows which errors a test expects.</summary>
internal sealed class RecordingLoggerProvider : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Category, LogLevel Level, int Id, string Text)> _entries = new();
    private event Action? Logged;

    public HashSet<int> Expected { get; } = [];

    public string Text => string.Join('\n', _entries.Select(entry => $"{entry.Level} {entry.Category} [{entry.Id}] {entry.Text}"));

    /// <summary>Waits for the words: what an answer's caller sees may come before the line that tells of it.</summary>
    public async Task WaitAsync(string words)
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Logged += Look;
        try
        {
            Look();
            await found.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException)
        {
            Assert.Contains(words, Text, StringComparison.Ordinal);
        }
        finally
        {
            Logged -= Look;
        }

        void Look()
        {
            if (Text.Contains(words, StringComparison.Ordinal))
            {
                found.TrySetResult();
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

    public void AssertNoUnexpectedErrors()
    {
        var errors = string.Join('\n', _entries.Where(entry => entry.Level >= LogLevel.Error && !Expected.Contains(entry.Id)).Select(entry => entry.Text));
        Assert.True(errors.Length == 0, errors);
    }

    public void Dispose()
    {
        // What was recorded stays readable.
    }

    private sealed class Recorder(RecordingLoggerProvider owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            owner._entries.Enqueue((category, logLevel, eventId.Id, formatter(state, exception) + (exception is null ? "" : " " + exception)));
            owner.Logged?.Invoke();
        }
    }
}
