using Microsoft.AspNetCore.Routing.Template;
using Yarp.ReverseProxy.Configuration;

namespace BfProxy.Routing;

/// <summary>The routes of <c>ReverseProxy:Routes</c>, which face the world beside our own paths.</summary>
internal static class OperatorRoutes
{
    private const string AnyPath = "/{**any}";

    /// <summary>Whether one of them serves <c>/</c>, as a catch-all does.</summary>
    public static bool ServeRoot(IServiceProvider services) =>
        services.GetServices<IProxyConfigProvider>()
            .Where(provider => provider is not ProviderRoutes)
            .SelectMany(provider => provider.GetConfig().Routes)
            .Any(route => Matches(string.IsNullOrEmpty(route.Match.Path) ? AnyPath : route.Match.Path));

    private static bool Matches(string pattern) => new TemplateMatcher(TemplateParser.Parse(pattern), []).TryMatch("/", []);
}
