using BfProxy.Configuration;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Routing;

/// <summary>Reads <c>BfProxy:Providers</c> and what it needs of <c>ReverseProxy:Clusters</c>.</summary>
internal sealed class ProviderCatalogReader(DialectCatalog dialects)
{
    public ProviderCatalog Read(IConfiguration configuration, Faults faults)
    {
        var providers = new List<Provider>();
        var sections = configuration.GetSection("BfProxy:Providers").GetChildren().ToList();
        var known = sections.Select(section => section.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var section in sections)
        {
            var options = SettingsBinder.Bind(section, faults, new ProviderOptionsValidator());
            if (options.Dialect.Length == 0)
            {
                continue;
            }

            CheckTimeouts(section, options.Timeouts, faults);
            CheckKeys(section, options, faults);
            CheckRules(section, options.ModelRules, faults);
            ResilienceFaults.Check(section.Path, options, known, faults);
            var cluster = string.IsNullOrEmpty(options.Cluster) ? section.Key : options.Cluster;
            if (!configuration.GetSection($"ReverseProxy:Clusters:{cluster}:Destinations").GetChildren().Any())
            {
                faults.Add($"{section.Path}:Cluster", $"there is no cluster '{cluster}' with a destination in ReverseProxy:Clusters");
            }

            if (dialects.Get(options.Dialect) is not { } dialect)
            {
                faults.Add($"{section.Path}:Dialect", $"'{options.Dialect}' is not a dialect; expected one of {string.Join(", ", dialects.Names)}");
                continue;
            }

            providers.Add(new Provider(section.Key.ToLowerInvariant(), dialect, cluster, options, dialects));
        }

        return new ProviderCatalog(providers);
    }

    private static void CheckTimeouts(IConfigurationSection section, TimeoutOptions timeouts, Faults faults)
    {
        ReadOnlySpan<(string Name, TimeSpan Value)> clocks =
        [
            (nameof(timeouts.Connect), timeouts.Connect), (nameof(timeouts.FirstToken), timeouts.FirstToken),
            (nameof(timeouts.Idle), timeouts.Idle), (nameof(timeouts.Total), timeouts.Total),
        ];
        foreach (var (name, value) in clocks)
        {
            if (value < TimeSpan.FromMilliseconds(10) || value > TimeSpan.FromHours(24))
            {
                faults.Add($"{section.Path}:Timeouts:{name}", $"'{value}' is out of range; expected hh:mm:ss between 00:00:00.010 and 1.00:00:00");
            }
        }
    }

    private void CheckRules(IConfigurationSection section, List<ModelRule> rules, Faults faults)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            var path = $"{section.Path}:ModelRules:{i}";
            if (rules[i].Models.Count == 0)
            {
                faults.Add($"{path}:Models", "expected at least one pattern of model names");
            }

            foreach (var name in new[] { rules[i].Dialect, rules[i].DialectWithTools }.OfType<string>().Where(name => dialects.Get(name) is null))
            {
                faults.Add(path, $"'{name}' is not a dialect; expected one of {string.Join(", ", dialects.Names)}");
            }
        }
    }

    /// <summary>A key goes into a header: anything else in it would fail at the first request, or end the header. It is not shown.</summary>
    private static void CheckKeys(IConfigurationSection section, ProviderOptions options, Faults faults)
    {
        string?[] keys = [options.ApiKey, .. options.ApiKeys];
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] is { } key && key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            {
                faults.Add(i == 0 ? $"{section.Path}:ApiKey" : $"{section.Path}:ApiKeys:{i - 1}", "the key holds a character that is not visible ASCII, such as a blank or a line end");
            }
        }
    }
}
