using Microsoft.Extensions.Configuration.Memory;

namespace BfProxy.Demo;

internal static class DemoSetup
{
    private const string AddressKey = "ReverseProxy:Clusters:demo:Destinations:primary:Address";

    /// <summary>
    /// Starts the demo provider and puts its address under the cluster <c>demo</c>, below all other configuration.
    /// Where configuration already names an address, nothing is started. Call it after the configuration files were added.
    /// </summary>
    public static async Task AddDemoAsync(this WebApplicationBuilder builder, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(builder.Configuration[AddressKey]))
        {
            return;
        }

        var provider = await DemoProvider.StartAsync(time, cancellationToken);
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = [new(AddressKey, provider.Address.ToString())],
        });
        builder.Services.AddSingleton<IHostedService>(provider);
    }
}
