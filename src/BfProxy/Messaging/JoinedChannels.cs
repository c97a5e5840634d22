using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>The channels that one session is on, by name: two or three, so that a dictionary would cost more than all it holds.</summary>
internal struct JoinedChannels()
{
    private Subscription[] _subscriptions = [];

    public readonly IReadOnlyList<Subscription> All => _subscriptions;

    public readonly Subscription? Find(string name) =>
        Array.Find(_subscriptions, subscription => string.Equals(subscription.Channel.Key.Name, name, StringComparison.Ordinal));

    public void Add(Subscription subscription) => _subscriptions = [.. _subscriptions, subscription];

    public void Remove(Subscription subscription) => _subscriptions = Array.FindAll(_subscriptions, one => one != subscription);
}
