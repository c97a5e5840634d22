using BfProxy.Channels;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>Puts sessions of users on the channels that are theirs: <c>authenticated</c>, the one named by their id, those of the token and those of the app's server.</summary>
internal sealed class UserChannels(ChannelHub hub, Memberships memberships, UserSessions sessions, PrivateNames names)
{
    /// <summary>Makes a session one of a user, or brings it up to date with a new token of the same user.</summary>
    /// <param name="session">The session; its gate is held by the caller, or made here.</param>
    /// <param name="token">The token, proved.</param>
    /// <param name="sinceOf">Where the client stands on a channel.</param>
    public async ValueTask<ChannelShift> EnterAsync(MessagingSession session, ChannelToken token, Func<string, Since?> sinceOf)
    {
        var id = token.User.Id;
        if (!ChannelNames.IsFree(id) || token.Channels.Any(static grant => ChannelNames.IsTab(grant.Channel) || grant.Channel.Length > ChannelNames.MaxLength))
        {
            return ChannelShift.Refused(MessagingErrors.ReservedName);
        }

        if (session.User is { } known)
        {
            known.OfToken = token.Channels;
            return known.User.Id == id ? await ShiftAsync(session, known, sinceOf, []) : ChannelShift.Refused(MessagingErrors.OtherUser);
        }

        var user = new SessionUser(token.User) { OfToken = token.Channels };
        session.User = user;
        session.Connection.User = token.User;
        sessions.Add(session);
        ChannelShift? shift = null;
        try
        {
            var visitor = session.Visitor;
            await names.ReserveAsync(visitor.Scope, visitor.AnonymousChannels, id, CancellationToken.None);
            shift = await ShiftAsync(session, user, sinceOf, session.Find(ChannelNames.Anonymous) is { } anonymous ? [anonymous] : []);
            return shift;
        }
        finally
        {
            if (shift is not { Error: null })
            {
                sessions.Remove(session);
                (session.User, session.Connection.User) = (null, null);
                // Who waits to change this session's channels finds that there is nothing to change.
                user.HasLeft = true;
                user.Gate.Release();
            }
        }
    }

    /// <summary>All channels that a token's user is on as such.</summary>
    public async ValueTask<IReadOnlyList<ChannelGrant>> GrantsOfAsync(ChannelScope scope, ChannelToken token, CancellationToken cancellationToken) =>
        Merge(token.User.Id, token.Channels, await memberships.GetAsync(scope, token.User.Id, cancellationToken));

    /// <summary>Brings a session's channels in line with what the store and its token say now.</summary>
    public ValueTask<ChannelShift> RefreshAsync(MessagingSession session, SessionUser user) => ShiftAsync(session, user, static _ => null, []);

    /// <summary>Gives back to a store that has lost it what it said of a user: his name, and the channels that the app's server has put him on.</summary>
    public async ValueTask RestoreAsync(MessagingSession session, SessionUser user)
    {
        var (visitor, id) = (session.Visitor, user.User.Id);
        await names.ReserveAsync(visitor.Scope, visitor.AnonymousChannels, id, CancellationToken.None);
        var known = await memberships.GetAsync(visitor.Scope, id, CancellationToken.None);
        ChannelGrant[] lost = [.. user.Grants.Except(user.OfToken).Except(Merge(id, [], [])).Where(grant => known.All(one => !string.Equals(one.Channel, grant.Channel, StringComparison.Ordinal)))];
        await memberships.AddAsync(visitor.Scope, id, lost, CancellationToken.None);
    }

    public void Exit(MessagingSession session) => sessions.Remove(session);

    private async ValueTask<ChannelShift> ShiftAsync(MessagingSession session, SessionUser user, Func<string, Since?> sinceOf, IEnumerable<Subscription> leaves)
    {
        // All that may fail comes before the first change.
        var grants = Merge(user.User.Id, user.OfToken, await memberships.GetAsync(session.Visitor.Scope, user.User.Id, CancellationToken.None));
        var stops = leaves.Concat(session.Joined.Where(one => user.ModeOn(one.Name) is not null && (!Has(grants, one.Name) || sinceOf(one.Name) is not null))).ToList();
        var joins = grants.Where(grant => session.Find(grant.Channel) is not { } one || stops.Contains(one)).ToList();
        if (session.Joined.Count - stops.Count + joins.Count > hub.State.Options.MaxChannelsPerConnection)
        {
            return ChannelShift.Refused(MessagingErrors.TooManyChannels);
        }

        stops.ForEach(session.Leave);
        user.Grants = grants;
        var starts = new List<Subscription>(joins.Count);
        foreach (var join in joins)
        {
            starts.Add(await session.JoinAsync(join.Channel, sinceOf(join.Channel)));
        }

        return new ChannelShift(starts, stops);
    }

    /// <summary>What the app's server said counts more than the token.</summary>
    private static ChannelGrant[] Merge(string userId, IReadOnlyList<ChannelGrant> ofToken, IReadOnlyList<ChannelGrant> ofServer)
    {
        var modes = new OrderedDictionary<string, ChannelMode>(StringComparer.Ordinal);
        foreach (var grant in ofToken.Concat(ofServer))
        {
            modes[grant.Channel] = grant.Mode;
        }

        modes.TryAdd(userId, ChannelMode.Ignore);
        modes.TryAdd(ChannelNames.Authenticated, ChannelMode.Ignore);
        return [.. modes.Select(static pair => new ChannelGrant(pair.Key, pair.Value))];
    }

    private static bool Has(ChannelGrant[] grants, string name) => Array.Exists(grants, grant => string.Equals(grant.Channel, name, StringComparison.Ordinal));
}
