using System.Diagnostics;
using BfProxy.Configuration;
using BfProxy.Telemetry;
using Polly.Timeout;

namespace BfProxy.Hooks;

/// <summary>Calls the back ends of apps. A call never throws for what a back end does or fails to do: its result says so.</summary>
internal sealed class HookClient(Settings<HookCatalog> hooks, TimeProvider time, HookMetrics metrics, ILogger<HookClient> logger) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly HookTurns _turns = new(time);
    private readonly HookPipelines _pipelines = new(time);
    private readonly HookSignature _signature = new(time);
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
        // A back end learns nothing about our traces.
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
    });

    /// <summary>Whether an app has such a hook.</summary>
    public bool Has(string app, HookKind kind) => hooks.Current.Find(app, kind) is not null;

    /// <summary>POSTs a body to an app's hook and reads its answer.</summary>
    /// <param name="app">The app's name.</param>
    /// <param name="kind">Which hook.</param>
    /// <param name="body">JSON; must not change until the call is over.</param>
    /// <param name="idempotencyKey">Names the call, the same for each try; visible ASCII.</param>
    /// <param name="cancellationToken">Ends the call, also while it waits for its turn.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<HookResult> CallAsync(string app, HookKind kind, ReadOnlyMemory<byte> body, string idempotencyKey, CancellationToken cancellationToken)
    {
        if (hooks.Current.Find(app, kind) is not { } target)
        {
            return HookResult.Failed(HookFailure.NotConfigured);
        }

        var started = time.GetTimestamp();
        using var turn = await _turns.TakeAsync(target, cancellationToken);
        var result = turn is null ? HookResult.Failed(HookFailure.Busy) : await TryAsync(target, body, idempotencyKey, cancellationToken);
        var elapsed = time.GetElapsedTime(started);
        metrics.Called(kind.ToString(), elapsed, result.IsAnswer ? null : result.Failure.ToString());
        if (!result.IsAnswer)
        {
            HookLog.Failed(logger, app, kind, result.Failure, result.Status, (long)elapsed.TotalMilliseconds);
        }

        return result;
    }

    public void Dispose()
    {
        _http.Dispose();
        _turns.Dispose();
    }

    private async Task<HookResult> TryAsync(HookTarget target, ReadOnlyMemory<byte> body, string idempotencyKey, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipelines.For(target.Options).ExecuteAsync(
                static async (call, token) => await call.Client.SendAsync(call.Target, call.Body, call.Key, token),
                (Client: this, Target: target, Body: body, Key: idempotencyKey),
                cancellationToken);
        }
        catch (TimeoutRejectedException)
        {
            return HookResult.Failed(HookFailure.Timeout);
        }
    }

    private async Task<HookResult> SendAsync(HookTarget target, ReadOnlyMemory<byte> body, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = HookRequest.Create(target, _signature, body, idempotencyKey);
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            return await HookAnswerReader.ReadAsync(response, target.Options.MaxResponseBytes, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return HookResult.Failed(HookFailure.Unreachable);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler's own connect timeout.
            return HookResult.Failed(HookFailure.Unreachable);
        }
    }
}
