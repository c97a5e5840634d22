using Microsoft.Extensions.Configuration.Json;

namespace BfProxy.Configuration;

/// <summary>A JSON file that keeps its last good content where a change of it cannot be read.</summary>
internal sealed class LastGoodJsonSource : JsonConfigurationSource
{
    public override IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        EnsureDefaults(builder);
        return new LastGoodJsonProvider(this);
    }
}
