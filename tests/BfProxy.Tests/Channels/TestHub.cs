using System.Text;
using BfProxy.Channels;
using Microsoft.Extensions.Logging;

namespace BfProxy.Tests.Channels;

/// <summary>A hub with manual time, and listeners on it.</summary>
internal sealed class TestHub : IDisposable
{
    public static readonly ChannelScope Scope = new("demo", "");
    private int _connections;

    public TestHub(Action<ChannelsOptions>? configure = null, ILogger? logger = null)
    {
        var options = new ChannelsOptions();
        configure?.Invoke(options);
        Hub = new ChannelHub(options, Time, logger);
    }

    public ManualTimeProvider Time { get; } = new();

    public ChannelHub Hub { get; }

    public StreamPublisher Open(string streamId, params string[] channels) => Hub.OpenStream(Scope, channels, "act", streamId);

    public void Say(string channel, string text) => Hub.Publish(Scope, channel, Encoding.UTF8.GetBytes($"\"message\":\"{text}\"}}"));

    /// <summary>A new connection on <paramref name="channel"/>.</summary>
    public Listener Listen(string channel, Since? since = null)
    {
        var listener = Connect();
        listener.Join(channel, since);
        return listener;
    }

    public Listener Connect() => new(Hub, Interlocked.Increment(ref _connections).ToString());

    public void Dispose() => Hub.Dispose();
}
