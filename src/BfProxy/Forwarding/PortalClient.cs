using BfProxy.Routing;
using BfProxy.Telemetry;
using Yarp.ReverseProxy.Forwarder;

namespace BfProxy.Forwarding;

/// <summary>Sends one event to a portal through the pipeline that YARP has for its cluster.</summary>
internal sealed class PortalClient(ProviderEndpoints endpoints, IServiceScopeFactory scopes, TimeProvider time, PortalMetrics metrics, ILogger<PortalClient> logger)
{
    /// <summary>For one request with its whole answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public async Task<PortalFailure> SendAsync(PortalTarget target, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return PortalFailure.Stopped;
        }

        if (endpoints.FindPortal(target.Cluster) is not { RequestDelegate: { } forward } endpoint)
        {
            return PortalFailure.NoRoute;
        }

        using var clock = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        await using var scope = scopes.CreateAsyncScope();
        var context = PortalContext.Create(body, endpoint, scope.ServiceProvider, either.Token);
        var started = time.GetTimestamp();
        try
        {
            await forward(context);
        }
        catch (Exception exception)
        {
            // The edge of a background delivery: whatever it is, the stream's other events go on.
            PortalLog.Broken(logger, exception, target.App);
            return PortalFailure.Internal;
        }

        metrics.Sent(time.GetElapsedTime(started));
        return Judge(context, clock.IsCancellationRequested, cancellationToken.IsCancellationRequested);
    }

    private static PortalFailure Judge(HttpContext context, bool timedOut, bool stopped)
    {
        var hasError = context.Features.Get<IForwarderErrorFeature>() is { Error: not ForwarderError.NoAvailableDestinations };
        if (!hasError)
        {
            return context.Response.StatusCode is >= 200 and < 300 ? PortalFailure.None : PortalFailure.Status;
        }

        if (timedOut)
        {
            return PortalFailure.Timeout;
        }

        return stopped ? PortalFailure.Stopped : PortalFailure.Unreachable;
    }
}
