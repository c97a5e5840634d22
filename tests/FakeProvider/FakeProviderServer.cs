using System.Threading.Channels;

namespace FakeProvider;

/// <summary>
/// An LLM provider for tests, on real loopback HTTP: answers by scripts, byte for byte, and remembers what it saw.
/// </summary>
public sealed class FakeProviderServer : IAsyncDisposable
{
    private const int MaxUnreadRequests = 10_000;
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;
    private readonly ScriptShelf _shelf = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly List<SeenRequest> _requests = [];
    private readonly Channel<SeenRequest> _unread = Channel.CreateBounded<SeenRequest>(MaxUnreadRequests);
    private bool _disposed;

    private event Action? Seen;

    private FakeProviderServer(string url)
    {
        _app = FakeKestrel.Build(url);
        _app.Run(AnswerAsync);
    }

    /// <summary>Where it listens, with a trailing slash.</summary>
    public Uri BaseAddress => new(_app.Urls.First().TrimEnd('/') + "/");

    /// <summary>Every request so far, in order of arrival; each is complete with its body.</summary>
    public IReadOnlyList<SeenRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    public static async Task<FakeProviderServer> StartAsync(string url = "http://127.0.0.1:0")
    {
        var server = new FakeProviderServer(url);
        await server._app.StartAsync(server._stopping.Token);
        return server;
    }

    /// <summary>Answers requests for a path (without query) with these scripts in turn; the last one stays. Replaces earlier ones.</summary>
    public void Script(string path, params Script[] scripts) => _shelf.Put(path, scripts);

    /// <summary>Answers every path that has no script of its own.</summary>
    public void Script(params Script[] scripts) => _shelf.Put(ScriptShelf.AnyPath, scripts);

    /// <summary>Chooses the script from the request.</summary>
    public void Handle(string path, Func<SeenRequest, Script> choose) => _shelf.Put(path, choose);

    /// <summary>The next request not yet taken by this method. Throws after 30 s.</summary>
    public async Task<SeenRequest> NextRequestAsync(CancellationToken cancellationToken = default) =>
        await _unread.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(LongEnough, cancellationToken);

    /// <summary>Waits until so many requests in all have arrived. Throws after 30 s.</summary>
    public async Task RequestsAsync(int count)
    {
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Seen += Look;
        try
        {
            Look();
            await enough.Task.WaitAsync(LongEnough);
        }
        finally
        {
            Seen -= Look;
        }

        void Look()
        {
            if (Requests.Count >= count)
            {
                enough.TrySetResult();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stopping.CancelAsync();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = await SeenRequest.ReadAsync(context);
        Remember(request);
        var exchange = new Exchange(context, request, _stopping.Token);
        await _shelf.Take(request).PlayAsync(exchange);
    }

    private void Remember(SeenRequest request)
    {
        lock (_gate)
        {
            _requests.Add(request);
        }

        _unread.Writer.TryWrite(request);
        Seen?.Invoke();
    }
}
