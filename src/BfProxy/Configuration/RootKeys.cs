namespace BfProxy.Configuration;

/// <summary>The keys that stand directly in <c>BfProxy</c>. Each room reads its own; a misspelt one would be read by nobody.</summary>
internal static class RootKeys
{
    public static IReadOnlyList<string> Known { get; } =
    [
        "Apps", "Assistants", "Backplane", "Bots", "Channels", "DataCenter", "DrainTimeout", "Images", "Providers", "SecretsFolder", "Surfaces", "Threads", "Tools",
        "TrustedProxies",
    ];

    public static void Check(IConfiguration configuration, Faults faults)
    {
        foreach (var section in configuration.GetSection("BfProxy").GetChildren())
        {
            if (!Known.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
            {
                faults.Add(section.Path, $"unknown key; expected one of {string.Join(", ", Known)}");
            }
        }
    }
}
