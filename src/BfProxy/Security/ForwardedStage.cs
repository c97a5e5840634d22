using BfProxy.Configuration;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace BfProxy.Security;

/// <summary>
/// Takes a caller's address, scheme and host from what a trusted proxy in front says, as far back as the proxies are trusted. Outside the filter
/// of hosts, which then looks at the host that the caller asked for.
/// </summary>
internal sealed class ForwardedStage(Settings<TrustedProxies> proxies, ILoggerFactory loggers) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((RequestDelegate pipeline) =>
        {
            var stage = Create(pipeline, proxies.Current);
            proxies.Changed += () => Volatile.Write(ref stage, Create(pipeline, proxies.Current));
            return context => Volatile.Read(ref stage)(context);
        });
        next(app);
    };

    private RequestDelegate Create(RequestDelegate pipeline, TrustedProxies trusted)
    {
        if (trusted.Networks.Count == 0)
        {
            return pipeline;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in trusted.Networks)
        {
            options.KnownIPNetworks.Add(network);
        }

        return new ForwardedHeadersMiddleware(pipeline, loggers, Options.Create(options)).Invoke;
    }
}
