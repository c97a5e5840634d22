using BfProxy.Configuration;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.Extensions.Options;

namespace BfProxy.Security;

internal static class SecuritySetup
{
    public static IServiceCollection AddSecurity(this IServiceCollection services)
    {
        // Before the filter of hosts, which the host adds by itself in the same way.
        services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, HostRefusalStage>());
        services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, ForwardedStage>());
        services.AddSettings(AllowedHostsReader.Read)
            .AddSingleton<IOptionsChangeTokenSource<HostFilteringOptions>, AllowedHostsChange>()
            .AddOptions<HostFilteringOptions>()
            .Configure<Settings<AllowedHosts>>(static (options, hosts) => (options.AllowedHosts, options.IncludeFailureMessage) = (hosts.Current.Names, false));
        services.AddAuthorization();
        return services.AddSettings(AppCatalogReader.Read)
            .AddSettings(TrustedProxiesReader.Read)
            .AddSingleton<IAuthorizationMiddlewareResultHandler, AuthorizationRefusal>()
            .AddSingleton<BodyBudget>()
            .AddSingleton<GuessLimiter>()
            .AddSingleton<ChannelTokenReader>()
            .AddSingleton<ChannelTokenWriter>()
            .AddSingleton<RequestIntake>();
    }

    /// <summary>Answers whatever the server, routing or a fault of ours refuses in the shape of every other refusal.</summary>
    public static IApplicationBuilder UseBfRefusals(this IApplicationBuilder app) => app.UseMiddleware<RefusalMiddleware>();

    /// <summary>Reads our paths as they were meant, routes, then answers for other origins; in that order, because routing looks at the path once and the last looks at the route.</summary>
    public static IApplicationBuilder UseBfRouting(this IApplicationBuilder app) =>
        app.UseMiddleware<DoubledSlashMiddleware>()
            .UseRouting()
            .UseMiddleware<CrossOriginMiddleware>()
            // Only where a route of the operator asks for it: it would leave something on each of our own requests, and so on each open socket.
            .UseWhen(static context => context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is not null, static routes => routes.UseAuthorization());

    /// <summary>Says so where the process serves nobody, as a published one does before it is configured.</summary>
    public static void WarnWithoutApps(this IServiceProvider services)
    {
        if (services.GetRequiredService<Settings<AppCatalog>>().Current.IsEmpty)
        {
            SecurityLog.NoApps(services.GetRequiredService<ILogger<AppCatalog>>());
        }
    }
}
