using BfProxy.Configuration;
using BfProxy.Routing;
using BfProxy.Security;

namespace BfProxy.Playground;

/// <summary>Tells the page what the server offers. No key leaves the server but the well-known one of the demo app, in Development.</summary>
internal static class PlaygroundSource
{
    private const string DemoKey = "BFAPI_demo";

    public static PlaygroundConfig Read(HttpContext context)
    {
        var services = context.RequestServices;
        var apps = services.GetRequiredService<Settings<AppCatalog>>().Current;
        var demo = services.GetRequiredService<IHostEnvironment>().IsDevelopment() ? apps.FindByKey(DemoKey) : null;
        var providers = services.GetRequiredService<Settings<ProviderCatalog>>().Current.All;
        return new PlaygroundConfig(demo?.Name, demo is null ? null : DemoKey, [.. providers.OrderBy(p => p.HasServerKey || !p.Options.KeyRequired ? 0 : 1).Select(Describe)]);
    }

    private static PlaygroundProvider Describe(Provider provider)
    {
        var options = provider.Options;
        string?[] models = [options.DefaultModel, .. options.Models.Keys, .. options.AllowedModels];
        return new PlaygroundProvider(
            provider.Name,
            provider.Dialect.Name,
            [.. models.OfType<string>().Distinct(StringComparer.Ordinal)],
            options.DefaultModel,
            options.KeyRequired,
            provider.HasServerKey);
    }
}
