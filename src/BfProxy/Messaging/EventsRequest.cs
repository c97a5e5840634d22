using System.Diagnostics.CodeAnalysis;
using BfProxy.Channels;
using BfProxy.Transforms.Contract;

namespace BfProxy.Messaging;

/// <summary>What a request for an event stream asks for.</summary>
/// <param name="Names">Channels to join.</param>
/// <param name="Cursor">Where the client stands; null where it is new.</param>
internal sealed record EventsRequest(IReadOnlyList<string> Names, IReadOnlyDictionary<string, Since>? Cursor)
{
    public static readonly BfError NotAllowed = new() { Status = 403, Message = "channel: not allowed", Kind = BfErrorKind.Permission };

    public Since? SinceOf(string name) => Cursor is null ? null : EventCursor.Find(Cursor, name);

    /// <summary>Reads the request of an anonymous visitor or a user, or says why not.</summary>
    /// <param name="request">The request.</param>
    /// <param name="visitor">Who asks.</param>
    /// <param name="own">The channels of the user, which he is on without asking; null where the visitor is anonymous and on <c>anonymous</c>.</param>
    /// <param name="maxChannels">Channels that a connection may be on.</param>
    /// <param name="asked">What is asked for.</param>
    /// <param name="fault">Why it is refused.</param>
    public static bool TryRead(
        HttpRequest request,
        MessagingVisitor visitor,
        IReadOnlyCollection<string>? own,
        int maxChannels,
        [NotNullWhen(true)] out EventsRequest? asked,
        [NotNullWhen(false)] out BfError? fault)
    {
        asked = null;
        var all = (own ?? [ChannelNames.Anonymous]).Concat(request.Query["channel"].Select(name => name ?? ""));
        string[] names = [.. all.Distinct(StringComparer.Ordinal)];
        fault = Check(names, visitor, own ?? [], maxChannels);
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

        asked = new EventsRequest([.. names.Except(own ?? [], StringComparer.Ordinal)], cursor);
        return true;
    }

    private static BfError? Check(string[] names, MessagingVisitor visitor, IReadOnlyCollection<string> own, int maxChannels)
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

        return Array.TrueForAll(names, name => own.Contains(name, StringComparer.Ordinal) || ChannelNames.IsOpenToAnonymous(name, visitor.AnonymousChannels)) ? null : NotAllowed;
    }
}
