using Microsoft.Extensions.Configuration.Memory;

namespace BfProxy.Demo;

internal static class DemoSetup
{
    private const string AddressKey = "ReverseProxy:Clusters:demo:Destinations:primary:Address";

    private const string ProviderKey = "BfProxy:Providers:demo";

    /// <summary>
    /// Starts the demo provider and puts its address and models under the cluster and provider <c>demo</c>, below all other configuration.
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
            InitialData = [new(AddressKey, provider.Address.ToString()), .. models],
        });
        builder.Services.AddSingleton<IHostedService>(provider);
    }
}
