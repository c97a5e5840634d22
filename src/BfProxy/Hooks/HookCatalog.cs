using System.Collections.Frozen;

namespace BfProxy.Hooks;

/// <summary>All hooks of one configuration state; immutable.</summary>
internal sealed class HookCatalog(IEnumerable<HookTarget> targets)
{
    private readonly FrozenDictionary<string, HookTarget> _targets = targets.ToFrozenDictionary(target => KeyOf(target.App, target.Kind), StringComparer.OrdinalIgnoreCase);

    /// <summary>An app's hook, or null where it has none of this kind.</summary>
    public HookTarget? Find(string app, HookKind kind) => _targets.GetValueOrDefault(KeyOf(app, kind));

    private static string KeyOf(string app, HookKind kind) => kind is HookKind.Tools ? $"Tools:{app}" : $"Messages:{app}";
}
