using System.Diagnostics.CodeAnalysis;
using BfProxy.Channels;
using BfProxy.Transforms.Contract;

namespace BfProxy.Messaging;

/// <summary>What a request for an event stream asks for: channels, and where the client stands on them.</summary>
internal static class EventsRequest
{
    public static readonly BfError NotAllowed = new() { Status = 403, Message = "channel: not allowed", Kind = BfErrorKind.Permission };

    /// <summary>The channels to join, <c>anonymous</c> among them, or why not.</summary>
    public static bool TryRead(
        HttpRequest request,
        MessagingVisitor visitor,
        int maxChannels,
        [NotNullWhen(true)] out IReadOnlyList<(string Name, Since? Since)>? channels,
        [NotNullWhen(false)] out BfError? fault)
    {
        channels = null;
        string[] names = [.. request.Query["channel"].Prepend(ChannelNames.Anonymous).Select(name => name ?? "").Distinct(StringComparer.Ordinal)];
        fault = Check(names, visitor, maxChannels);
        if (fault is not null)
        {
            return false;
        }

        // A browser that reconnects by itself repeats the address, and with it an older cursor; the header is newer.
        var text = request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } header ? header : request.Query["lastEventId"].ToString();
        IReadOnlyDictionary<string, Since>? cursor = null;
        if (text.Length > 0 && !EventCursor.TryRead(text, out cursor))
        {
            fault = new BfError { Status = 400, Message = "Last-Event-ID: expected an id that this server gave out", Kind = BfErrorKind.BadRequest };
            return false;
        }

        channels = [.. names.Select(name => (name, cursor is null ? null : EventCursor.Find(cursor, name)))];
        return true;
    }

    private static BfError? Check(string[] names, MessagingVisitor visitor, int maxChannels)
    {
        if (names.Any(name => name.Length is 0 or > ChannelNames.MaxLength))
        {
            return new BfError { Status = 400, Message = $"channel: expected a name of 1 to {ChannelNames.MaxLength} characters", Kind = BfErrorKind.BadRequest };
        }

        // The private channel counts too.
        if (names.Length + 1 > maxChannels)
        {
            return new BfError { Status = 400, Message = $"channel: at most {maxChannels} channels a connection", Kind = BfErrorKind.BadRequest };
        }

        return Array.TrueForAll(names, name => ChannelNames.IsOpenToAnonymous(name, visitor.AnonymousChannels))
            ? null
            : NotAllowed;
    }
}
