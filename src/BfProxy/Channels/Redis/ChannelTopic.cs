using BfProxy.Backplane;
using StackExchange.Redis;

namespace BfProxy.Channels.Redis;

/// <summary>Where a channel's new entries are heard of, as long as this node has a copy of it.</summary>
internal sealed class ChannelTopic(Replica replica, SharedLog shared)
{
    private bool _isAsked;

    /// <summary>Listens from now on.</summary>
    /// <exception cref="StateUnavailableException">Redis is away.</exception>
    public async Task ListenAsync()
    {
        if (shared.IsAway)
        {
            throw new StateUnavailableException();
        }

        if (!_isAsked)
        {
            // The link keeps a subscription that it could not make yet, so it is asked for once.
            _isAsked = true;
            await shared.SubscribeAsync(replica.Channel.Key, Heard, CancellationToken.None);
        }
    }

    /// <summary>Listens no more.</summary>
    public async Task LeaveAsync()
    {
        try
        {
            await shared.UnsubscribeAsync(replica.Channel.Key, Heard, CancellationToken.None);
        }
        catch (StateUnavailableException)
        {
            // The client knows that nobody listens any more, and does not ask for it again.
        }
    }

    private void Heard(RedisChannel topic, RedisValue message)
    {
        if (Entry.TryRead((byte[])message!, out var entry))
        {
            replica.Receive(entry);
        }
    }
}
