using StackExchange.Redis;

namespace BfProxy.Backplane;

/// <summary>
/// What this node listens to. It is kept here because the client may let go of a subscription: one that it could not make, or, where it looks at a
/// server in the moment in which that comes back, one that it had (StackExchange.Redis 1.2.6 does so in about one of three hundred reconnects, and never asks again).
/// </summary>
internal sealed class RedisTopics
{
    private readonly Dictionary<string, Topic> _topics = new(StringComparer.Ordinal);

    /// <summary>From now on calls <paramref name="heard"/>, whatever becomes of connections; the first time after <see cref="AskAsync"/>.</summary>
    public void Add(string topic, Action<RedisChannel, RedisValue> heard)
    {
        lock (_topics)
        {
            if (!_topics.TryGetValue(topic, out var entry))
            {
                _topics.Add(topic, entry = new Topic(topic));
            }

            entry.Listeners += heard;
        }
    }

    public void Remove(string topic, Action<RedisChannel, RedisValue> heard)
    {
        lock (_topics)
        {
            if (_topics.TryGetValue(topic, out var entry) && (entry.Listeners -= heard) is null)
            {
                _topics.Remove(topic);
            }
        }
    }

    /// <summary>Asks Redis for a topic with listeners, or takes it back where there are none; completes when Redis has it.</summary>
    public Task AskAsync(ISubscriber subscriber, string topic)
    {
        lock (_topics)
        {
            return !_topics.TryGetValue(topic, out var entry) ? subscriber.UnsubscribeAsync(topic)
                : IsHeld(subscriber, entry) ? entry.Asked!
                : Ask(subscriber, entry);
        }
    }

    /// <summary>Asks again for what the client has let go of, and for what nobody has come to ask for since the last call.</summary>
    /// <returns>Whether there was any: messages may have been missed.</returns>
    public async Task<bool> RenewAsync(ISubscriber subscriber)
    {
        Task[] asked;
        lock (_topics)
        {
            asked = [.. _topics.Values.Where(entry => !IsHeld(subscriber, entry) && entry.IsDue()).Select(entry => Ask(subscriber, entry))];
        }

        await Task.WhenAll(asked);
        return asked.Length > 0;
    }

    private static bool IsHeld(ISubscriber subscriber, Topic entry) => entry.Asked is { IsFaulted: false, IsCanceled: false } && subscriber.SubscribedEndpoint(entry.Name) is not null;

    /// <summary>Takes it back first: to the client a topic that it knows is no reason to ask Redis.</summary>
    private static Task Ask(ISubscriber subscriber, Topic entry)
    {
        _ = subscriber.UnsubscribeAsync(entry.Name, flags: CommandFlags.FireAndForget);
        return entry.Asked = subscriber.SubscribeAsync(entry.Name, entry.Heard);
    }

    private sealed class Topic(string name)
    {
        private bool _wasSeen;

        public RedisChannel Name { get; } = name;

        /// <summary>Replaced whole, under the lock.</summary>
        public Action<RedisChannel, RedisValue>? Listeners { get; set; }

        /// <summary>Null until Redis was first asked.</summary>
        public Task? Asked { get; set; }

        /// <summary>Whether it was asked for before, or should have been: one that was added just now is about to be.</summary>
        public bool IsDue()
        {
            var isDue = Asked is not null || _wasSeen;
            _wasSeen = true;
            return isDue;
        }

        public void Heard(RedisChannel topic, RedisValue message) => Listeners?.Invoke(topic, message);
    }
}
