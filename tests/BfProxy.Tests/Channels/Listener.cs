using BfProxy.Channels;
using BfProxy.Channels.Sockets;
using Microsoft.AspNetCore.Http.Features;

namespace BfProxy.Tests.Channels;

/// <summary>One connection with its wire.</summary>
internal sealed class Listener
{
    private readonly ChannelHub _hub;

    public Listener(ChannelHub hub, string id)
    {
        _hub = hub;
        Connection = new Connection(id, new WebSocketTransport(Wire, new HttpRequestLifetimeFeature(), null), hub.State);
        hub.Connections.Add(Connection);
        Drain = Connection.Completion;
    }

    public WireSocket Wire { get; } = new();

    public Connection Connection { get; }

    public Task Drain { get; }

    /// <summary>Joins; the reply that starts the subscription is <c>{}</c>, which this takes off the wire.</summary>
    public Subscription Join(string channel, Since? since = null, Subscription? instead = null)
    {
        var subscription = Subscribe(channel, since, instead);
        // On this thread, unless a wake-up of many that is still under way has met this one too.
        Frame? reply = null;
        Assert.True(SpinWait.SpinUntil(() => Wire.TryRead(out reply), TimeSpan.FromSeconds(30)));
        Assert.Equal("{}", reply!.Json);
        return subscription;
    }

    public Subscription Subscribe(string channel, Since? since = null, Subscription? instead = null)
    {
        instead?.Channel.Leave(instead);
        var subscription = _hub.Join(TestHub.Scope, channel, Connection, since);
        Connection.Post(new OutboxItem("{}"u8.ToArray(), instead, [subscription]));
        return subscription;
    }

    /// <summary>All frames that are there.</summary>
    public IReadOnlyList<Frame> Frames()
    {
        var frames = new List<Frame>();
        while (Wire.TryRead(out var frame))
        {
            frames.Add(frame!);
        }

        return frames;
    }

    /// <summary>Frames up to the one that covers <paramref name="offset"/>; a long replay goes on in the background.</summary>
    public async Task<IReadOnlyList<Frame>> FramesTo(long offset)
    {
        var frames = new List<Frame>();
        do
        {
            frames.Add(await Wire.ReadAsync());
        }
        while (frames[^1].Offset < offset);
        return frames;
    }

    public string Text() => string.Concat(Frames().Select(frame => frame.Content));
}
