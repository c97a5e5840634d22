using System.Text.Json;
using BfProxy.Channels;

namespace BfProxy.Tests.Channels;

/// <summary>A client that stalls, goes on, drops its connection and comes back with its last offset, at random.</summary>
internal sealed class ReconnectingClient
{
    private readonly TestHub _hub;
    private readonly string _channel;
    private readonly Random _random;
    private Listener _listener;
    private Subscription _subscription;
    private bool _isHeld;

    public ReconnectingClient(TestHub hub, string channel, Random random)
    {
        (_hub, _channel, _random) = (hub, channel, random);
        _listener = hub.Connect();
        _subscription = _listener.Subscribe(channel);
    }

    /// <summary>One entry an offset, as in <see cref="Transcript.Frames"/>.</summary>
    public List<string> Heard { get; } = [];

    public void Act()
    {
        switch (_random.Next(6))
        {
            case 0 when !_isHeld:
                _isHeld = true;
                _listener.Wire.Hold();
                break;
            case 1 or 2 when _isHeld:
                _isHeld = false;
                _listener.Wire.Release();
                break;
            case 3:
                Reconnect();
                break;
            default:
                Hear();
                break;
        }
    }

    public async Task CatchUpAsync(int count)
    {
        Reconnect();
        while (Heard.Count < count)
        {
            Hear(await _listener.Wire.ReadAsync());
        }
    }

    private void Reconnect()
    {
        Hear();
        _listener.Connection.Abort();
        _subscription.Channel.Leave(_subscription);
        _isHeld = false;
        _listener = _hub.Connect();
        _subscription = _listener.Subscribe(_channel, new Since(_subscription.Channel.Epoch, Heard.Count));
        Assert.True(_subscription.Recovered);
    }

    private void Hear()
    {
        while (_listener.Wire.TryRead(out var frame))
        {
            Hear(frame!);
        }
    }

    private void Hear(Frame frame)
    {
        if (frame.Channel is null)
        {
            return;
        }

        Assert.Equal(Heard.Count + 1, frame.From);
        Assert.Equal(frame.Offset - frame.From, frame.Seq - frame.SeqFrom);
        Heard.AddRange(Entries(frame));
        Assert.Equal(Heard.Count, frame.Offset);
    }

    private static IEnumerable<string> Entries(Frame frame) => frame.Content is { } content
        ? content.Split('|').Skip(1).Select(text => $"{frame.StreamId}|{text}")
        : [frame.Type ?? JsonDocument.Parse(frame.Json).RootElement.GetProperty("message").GetString()!];
}
