using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>
/// The <c>id:</c> of server-sent events: for each channel <c>name:epoch:offset</c>, commas between, the name as a short hash and the
/// epoch as its visitor was told it. So it can show nobody more than a join with the same epoch would.
/// </summary>
internal static class EventCursor
{
    public const int MaxLength = 16 * 1024;

    private const char BetweenChannels = ',';
    private const char BetweenParts = ':';
    private const int NameBytes = 6;
    private const int NameLength = 8;
    private const int MaxEpochLength = 64;

    /// <summary>What stands before the offset. Empty for the private channel: its name goes with the connection.</summary>
    public static byte[] Prefix(MessagingVisitor visitor, Subscription subscription)
    {
        var name = subscription.Channel.Key.Name;
        return ChannelNames.IsTab(name) ? [] : Encoding.ASCII.GetBytes($"{Hash(name)}{BetweenParts}{EpochSeal.Write(visitor, subscription)}{BetweenParts}");
    }

    /// <summary>Where a cursor stands on a channel; null where it does not know the channel, which is then joined live.</summary>
    public static Since? Find(IReadOnlyDictionary<string, Since> cursor, string name) => cursor.GetValueOrDefault(Hash(name));

    /// <summary>Reads what a client sends back; false where it is no cursor.</summary>
    public static bool TryRead(string text, out IReadOnlyDictionary<string, Since> cursor)
    {
        var positions = new Dictionary<string, Since>(StringComparer.Ordinal);
        cursor = positions;
        if (text.Length > MaxLength)
        {
            return false;
        }

        foreach (var entry in text.Split(BetweenChannels))
        {
            if (entry.Split(BetweenParts) is not [{ Length: NameLength } name, { Length: > 0 and <= MaxEpochLength } epoch, var digits]
                || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
                || !positions.TryAdd(name, new Since(epoch, offset)))
            {
                return false;
            }
        }

        return true;
    }

    private static string Hash(string name) => System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, NameBytes));
}
