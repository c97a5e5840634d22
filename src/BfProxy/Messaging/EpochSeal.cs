using System.Globalization;
using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>
/// The epoch as a visitor is told it. On channels that anybody may join it carries, signed, from which offset on this visitor was there,
/// so that coming back with it, to any node, shows him what he missed and never what was before his time. Nothing is stored for it.
/// </summary>
internal static class EpochSeal
{
    private const char Separator = '.';
    private const int TagBytes = 9;

    /// <summary>What <paramref name="visitor"/> is told: the channel's epoch, on open channels with floor and tag behind it.</summary>
    public static string Write(MessagingVisitor visitor, Subscription subscription)
    {
        var (name, epoch) = (subscription.Channel.Key.Name, subscription.Epoch);
        if (!IsOpen(visitor, subscription.Connection, name))
        {
            return epoch;
        }

        var signed = string.Create(CultureInfo.InvariantCulture, $"{epoch}{Separator}{subscription.Floor:x}");
        return $"{signed}{Separator}{visitor.Key.Tag(Text(visitor, name, signed), TagBytes)}";
    }

    /// <summary>How much of the past a join with <paramref name="since"/> may show. An epoch that is not signed for this channel shows none.</summary>
    public static Since Read(MessagingVisitor visitor, Connection connection, string name, Since since)
    {
        if (!IsOpen(visitor, connection, name))
        {
            return since with { Floor = 0 };
        }

        if (since.Epoch is not { } text)
        {
            return since with { Floor = Since.NoPast };
        }

        var tagAt = text.LastIndexOf(Separator);
        var floorAt = tagAt < 0 ? -1 : text.AsSpan(0, tagAt).LastIndexOf(Separator);
        return floorAt > 0
            && long.TryParse(text.AsSpan(floorAt + 1, tagAt - floorAt - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var floor)
            && visitor.Key.IsTag(text.AsSpan(tagAt + 1), Text(visitor, name, text[..tagAt]), TagBytes)
            ? since with { Epoch = text[..floorAt], Floor = floor }
            : since with { Floor = Since.NoPast };
    }

    /// <summary>A user's private channel never is, whatever the patterns say.</summary>
    private static bool IsOpen(MessagingVisitor visitor, Connection connection, string name) =>
        ChannelNames.IsOpenToAnonymous(name, visitor.AnonymousChannels) && connection.User?.Id != name;

    private static string Text(MessagingVisitor visitor, string name, string signed) => $"epoch\0{visitor.Scope.App}\0{visitor.Scope.Host}\0{signed}\0{name}";
}
