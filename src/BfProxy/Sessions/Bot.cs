using System.Collections.Frozen;

namespace BfProxy.Sessions;

/// <summary>One bot, as configured; immutable.</summary>
/// <param name="PublicId">The name under which pages call it.</param>
/// <param name="Options">Its settings.</param>
/// <param name="Origins">Origins of pages that may embed it; null where all may.</param>
/// <param name="PublishedAt">Stands for its settings: the widget takes up a conversation after a reload only where this has not changed.</param>
internal sealed record Bot(string PublicId, BotOptions Options, FrozenSet<string>? Origins, DateTimeOffset PublishedAt);
