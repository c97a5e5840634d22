using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>Who is on a channel: users, one entry a connection, and how many connections without one.</summary>
internal sealed record ChannelPresence(IReadOnlyList<User> Users, int Anonymous)
{
    public static ChannelPresence Nobody { get; } = new([], 0);

    /// <summary>Each user once.</summary>
    public IEnumerable<User> Distinct => Users.DistinctBy(static user => user.Id, StringComparer.Ordinal);

    public int Connections => Users.Count + Anonymous;

    public ChannelPresence With(ChannelPresence other) => new([.. Users, .. other.Users], Anonymous + other.Anonymous);
}
