using System.Collections.Frozen;

namespace BfProxy.Sessions;

/// <summary>All bots of one configuration state; immutable.</summary>
internal sealed class BotCatalog(IEnumerable<Bot> bots)
{
    private readonly FrozenDictionary<string, Bot> _bots = bots.ToFrozenDictionary(static bot => bot.PublicId, StringComparer.Ordinal);

    public Bot? Find(string publicId) => _bots.GetValueOrDefault(publicId);
}
