using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using BfProxy.Channels;
using BfProxy.Security;
using BfProxy.Transforms.Contract;

namespace BfProxy.Messaging;

/// <summary>
/// Reads <c>users:[{id, channels:[{name, mode}]}]</c>. As BetterForms' scripts are given them, users may also be ids, with their
/// <c>channels</c> beside <c>users</c>, and either may be one instead of an array.
/// </summary>
internal static class MembershipReader
{
    /// <summary>Reads all of them, or says what is wrong with the first that is.</summary>
    /// <param name="root">The body.</param>
    /// <param name="anonymous">Patterns of names that nobody can be put on; null where that does not matter.</param>
    /// <param name="orders">The users.</param>
    /// <param name="error">The first fault.</param>
    public static bool TryRead(JsonElement root, IReadOnlyList<string>? anonymous, [NotNullWhen(true)] out IReadOnlyList<MembershipOrder>? orders, [NotNullWhen(false)] out BfError? error)
    {
        orders = null;
        if (!ServerRequest.TryFind(root, "users", out var users))
        {
            error = ServerAnswer.Fault("users", "expected at least one user");
            return false;
        }

        var found = new List<MembershipOrder>();
        foreach (var user in ServerRequest.Each(users))
        {
            if (!TryRead(user, root, $"users[{found.Count}]", anonymous, out var order, out error))
            {
                return false;
            }

            found.Add(order);
        }

        orders = found;
        error = found.Count > 0 ? null : ServerAnswer.Fault("users", "expected at least one user");
        return error is null;
    }

    private static bool TryRead(
        JsonElement user, JsonElement root, string path, IReadOnlyList<string>? anonymous, [NotNullWhen(true)] out MembershipOrder? order, [NotNullWhen(false)] out BfError? error)
    {
        order = null;
        var isObject = user.ValueKind == JsonValueKind.Object;
        var id = !isObject ? ServerRequest.Text(user) : user.TryGetProperty("id", out var named) ? ServerRequest.Text(named) : null;
        if (id is null || !ChannelNames.IsFree(id))
        {
            error = ServerAnswer.Fault(isObject ? $"{path}.id" : path, $"expected the id of a user, 1 to {ChannelNames.MaxLength} characters and no reserved name");
            return false;
        }

        var (parent, where) = isObject && user.TryGetProperty(ChannelGrants.Member, out _) ? (user, $"{path}.channels") : (root, "channels");
        if (!ServerRequest.TryFind(parent, ChannelGrants.Member, out var channels))
        {
            error = ServerAnswer.Fault($"{path}.channels", "expected at least one channel");
            return false;
        }

        var grants = new List<ChannelGrant>();
        foreach (var channel in ServerRequest.Each(channels))
        {
            if (Check(channel, $"{where}[{grants.Count}]", anonymous, out var grant) is { } fault)
            {
                error = fault;
                return false;
            }

            grants.Add(grant);
        }

        order = new MembershipOrder(id, [.. grants.GroupBy(static grant => grant.Channel, StringComparer.Ordinal).Select(static same => same.Last())]);
        error = null;
        return true;
    }

    private static BfError? Check(JsonElement channel, string path, IReadOnlyList<string>? anonymous, out ChannelGrant grant)
    {
        if (!ChannelGrants.TryRead(channel, out grant))
        {
            return ServerAnswer.Fault(path, "expected {name, mode}, mode being ignore, listen or receive");
        }

        if (grant.Channel.Length > ChannelNames.MaxLength)
        {
            return ServerAnswer.Fault(path, $"expected a name of at most {ChannelNames.MaxLength} characters");
        }

        if (anonymous is not null && ChannelNames.IsReserved(grant.Channel))
        {
            return ServerAnswer.Fault(path, "this name is reserved");
        }

        return anonymous is not null && ChannelNames.IsOpenToAnonymous(grant.Channel, anonymous)
            ? ServerAnswer.Fault(path, "this is an anonymous channel; a page joins it by itself (channelJoinAnon)")
            : null;
    }
}
