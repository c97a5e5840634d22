using BfProxy.Backplane;

namespace BfProxy.Messaging;

/// <summary>
/// What a node does once the shared state is back. What the others said meanwhile was not heard here, so the channels of all users are
/// read anew; what was in the store may be gone, so what this node knows of it is written again.
/// </summary>
internal sealed class Reunion : BackgroundService
{
    private const int ParallelSessions = 16;

    /// <summary>The store may answer a moment before the bus hears again, so all is read once more.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _returned = new(0, 1);
    private readonly StoreMark _mark;
    private readonly MessagingKey _key;
    private readonly UserSessions _sessions;
    private readonly Resumption _resumption;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private bool _restores;

    public Reunion(IStateStore store, MessagingKey key, UserSessions sessions, Resumption resumption, TimeProvider time, ILogger<Reunion> logger)
    {
        (_mark, _key, _sessions, _resumption, _time, _logger) = (new StoreMark(store), key, sessions, resumption, time, logger);
        store.Returned += Wake;
    }

    public override void Dispose()
    {
        base.Dispose();
        _returned.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!await TryAsync(stoppingToken))
            {
                await Task.Delay(RetryInterval, _time, stoppingToken);
            }

            while (true)
            {
                await _returned.WaitAsync(stoppingToken);
                while (!await TryAsync(stoppingToken))
                {
                    await Task.Delay(RetryInterval, _time, stoppingToken);
                }

                await Task.Delay(Settling, _time, stoppingToken);
                await TryAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The node stops.
        }
    }

    private void Wake()
    {
        try
        {
            _returned.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // It is awake already, or over.
        }
    }

    /// <summary>False where the store is away again, or still.</summary>
    private async Task<bool> TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Kept until all is written, should the store go away over it.
            _restores |= await _mark.WasEmptiedAsync(stoppingToken);
            await _key.GetAsync();
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelSessions, CancellationToken = stoppingToken };
            await Parallel.ForEachAsync(_sessions.All(), parallel, (session, _) => session.RefreshAsync([], _restores));
            await _resumption.TellAgainAsync(stoppingToken);
            _restores = false;
            return true;
        }
        catch (StateUnavailableException)
        {
            return false;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            // The catch-all of this background loop: one session's fault must not keep the node from ever reading anew.
            MessagingLog.NotReadAnew(_logger, exception);
            return true;
        }
    }
}
