using BfProxy.Backplane;
using BfProxy.Channels;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>Which channels the app's server has put its users on, connected or not: a map per user, channel to mode, shared by all nodes and without an end.</summary>
internal sealed class Memberships(IStateStore store)
{
    public async ValueTask<IReadOnlyList<ChannelGrant>> GetAsync(ChannelScope scope, string userId, CancellationToken cancellationToken)
    {
        var map = await store.GetMapAsync(KeyOf(scope, userId), cancellationToken);
        return [.. map.Select(static pair => new ChannelGrant(pair.Key, ChannelModes.Read(pair.Value) ?? default)).OrderBy(static grant => grant.Channel, StringComparer.Ordinal)];
    }

    /// <summary>Adds channels, or changes the modes of those that he is on.</summary>
    public ValueTask AddAsync(ChannelScope scope, string userId, IReadOnlyList<ChannelGrant> grants, CancellationToken cancellationToken) =>
        store.SetFieldsAsync(KeyOf(scope, userId), grants.ToDictionary(static grant => grant.Channel, static grant => ChannelModes.NameOf(grant.Mode), StringComparer.Ordinal), cancellationToken);

    public ValueTask RemoveAsync(ChannelScope scope, string userId, IReadOnlyCollection<string> channels, CancellationToken cancellationToken) =>
        store.RemoveFieldsAsync(KeyOf(scope, userId), channels, cancellationToken);

    private static string KeyOf(ChannelScope scope, string userId) => $"messaging:member:{scope.App}\0{scope.Host}\0{userId}";
}
