using System.Collections.Frozen;

namespace BfProxy.Routing;

/// <summary>All providers of one configuration state; immutable.</summary>
internal sealed class ProviderCatalog(IReadOnlyList<Provider> providers)
{
    private readonly FrozenDictionary<string, Provider> _byName = providers.ToFrozenDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<Provider> All { get; } = providers;

    public Provider? Find(string name) => _byName.GetValueOrDefault(name);
}
