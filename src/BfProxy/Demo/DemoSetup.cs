using Microsoft.Extensions.Configuration.Memory;

namespace BfProxy.Demo;

internal static class DemoSetup
{
    private const string AddressKey = "ReverseProxy:Clusters:demo:Destinations:primary:Address";

    private const string ProviderKey = "BfProxy:Providers:demo";

    private const string AppKey = "BfProxy:Apps:demo";

    /// <summary>
    /// Starts the demo provider and puts its address and models under the cluster and provider <c>demo</c>, below all other configuration.
    /// Where there is an app <c>demo</c> without a back end for tools, it gets one too.
    /// Where configuration has no such provider, or already names an address, nothing is started. Call it after the configuration files were added.
    /// </summary>
    public static async Task AddDemoAsync(this WebApplicationBuilder builder, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!builder.Configuration.GetSection(ProviderKey).Exists() || !string.IsNullOrEmpty(builder.Configuration[AddressKey]))
        {
            return;
        }

        var provider = await DemoProvider.StartAsync(time, cancellationToken);
        var models = DemoModel.All.Select(model => KeyValuePair.Create($"{ProviderKey}:Models:{model.Name}", (string?)model.Name));
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = [new(AddressKey, provider.Address.ToString()), .. models, .. HookOf(provider, builder.Configuration.GetSection(AppKey))],
        });
        builder.Services.AddSingleton<IHostedService>(provider);
    }

    private static IEnumerable<KeyValuePair<string, string?>> HookOf(DemoProvider provider, IConfigurationSection app) =>
        app.Exists() && !app.GetSection("Hooks:Tools").Exists()
            ? [new($"{AppKey}:Hooks:Tools:Url", provider.HookAddress.ToString()), new($"{AppKey}:Hooks:Tools:Secret", provider.HookSecret)]
            : [];
}
