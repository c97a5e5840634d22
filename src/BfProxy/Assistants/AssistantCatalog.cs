using System.Collections.Frozen;

namespace BfProxy.Assistants;

/// <summary>All assistants of one configuration state; immutable. Each is the raw JSON of the payload's fields that it stands for.</summary>
internal sealed class AssistantCatalog(IReadOnlyDictionary<string, IReadOnlyList<KeyValuePair<string, string>>> assistants)
{
    private readonly FrozenDictionary<string, IReadOnlyList<KeyValuePair<string, string>>> _byId = assistants.ToFrozenDictionary(StringComparer.Ordinal);

    public IReadOnlyList<KeyValuePair<string, string>>? Find(string id) => _byId.GetValueOrDefault(id);
}
