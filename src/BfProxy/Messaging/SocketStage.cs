using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Messaging;

/// <summary>
/// The outermost middleware, outside even those that the host adds by itself: runs a connection once the pipeline has returned.
/// Otherwise every middleware's state would stay in memory for as long as the socket is open.
/// </summary>
internal sealed class SocketStage : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(static (RequestDelegate pipeline) => context => InvokeAsync(pipeline, context));
        next(app);
    };

    private static Task InvokeAsync(RequestDelegate pipeline, HttpContext context)
    {
        var handled = pipeline(context);
        if (!MayBecomeSocket(context.Features))
        {
            return handled;
        }

        return handled.IsCompletedSuccessfully ? RunAsync(context) : RunAfterAsync(handled, context);
    }

    /// <summary>Over HTTP/1.1 it comes as an upgrade, over HTTP/2 as an extended CONNECT.</summary>
    private static bool MayBecomeSocket(IFeatureCollection features) =>
        features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } || features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    private static async Task RunAfterAsync(Task handled, HttpContext context)
    {
        await handled;
        await RunAsync(context);
    }

    private static Task RunAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpWebSocketFeature>() is not AcceptedSocket accepted)
        {
            return Task.CompletedTask;
        }

        context.Features.Set<IHttpWebSocketFeature>(null);
        return accepted.Session.RunAsync();
    }
}
