using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>
/// What a session has more once its user is known. From then on its channels also change from outside, by the app's server; the gate keeps
/// that and the client's commands apart. It is made closed: whoever makes it goes on until the client was answered.
/// </summary>
internal sealed class SessionUser(User user) : IDisposable
{
    public SemaphoreSlim Gate { get; } = new(0, 1);

    public User User => user;

    /// <summary>The channels of the token that was brought last.</summary>
    public IReadOnlyList<ChannelGrant> OfToken { get; set; } = [];

    /// <summary>All channels that this user is on as such, with modes.</summary>
    public IReadOnlyList<ChannelGrant> Grants { get; set; } = [];

    /// <summary>Whether the connection has ended.</summary>
    public bool HasLeft { get; set; }

    public ChannelMode? ModeOn(string channel)
    {
        foreach (var grant in Grants)
        {
            if (string.Equals(grant.Channel, channel, StringComparison.Ordinal))
            {
                return grant.Mode;
            }
        }

        return null;
    }

    public void Dispose() => Gate.Dispose();
}
