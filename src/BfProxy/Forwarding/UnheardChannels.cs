using System.Collections.Concurrent;
using BfProxy.Channels;
using BfProxy.Security;

namespace BfProxy.Forwarding;

/// <summary>
/// Names that streams were sent to though nobody may join them, mostly a slip in <c>AnonymousChannels</c>. The stream is accepted all the
/// same; each name of an app is logged once. Names come from callers, so only so many are remembered, and logged at all.
/// </summary>
internal sealed class UnheardChannels(ILogger<UnheardChannels> logger)
{
    private const int MaxNames = 1_000;
    private const int MaxShown = 64;

    private readonly ConcurrentDictionary<(string App, string Name), bool> _names = new();

    public void Note(App app, IReadOnlyList<string> channels)
    {
        if (app.TokenSecret is not null)
        {
            // Its users may be let into any channel.
            return;
        }

        foreach (var name in channels)
        {
            if (!ChannelNames.IsTab(name) && !ChannelNames.IsOpenToAnonymous(name, app.AnonymousChannels) && _names.Count < MaxNames && _names.TryAdd((app.Name, name), value: true))
            {
                StreamLog.Unheard(logger, app.Name, Shown(name));
            }
        }
    }

    /// <summary>On one line, whatever the caller wrote.</summary>
    private static string Shown(string name) => string.Concat(name.Take(MaxShown).Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
