namespace BfProxy.Channels;

/// <summary>
/// What every channel and connection of a hub reads: the settings and a coarse clock, moved once a second by the hub's
/// only timer, so that nothing on the hot path asks for the time.
/// </summary>
internal sealed class HubState(ChannelsOptions options)
{
    private ChannelsOptions _options = options;
    private long _now;

    public ChannelsOptions Options
    {
        get => Volatile.Read(ref _options);
        set => Volatile.Write(ref _options, value);
    }

    /// <summary>Milliseconds since the hub started, plus one: zero always means never.</summary>
    public long Now
    {
        get => Volatile.Read(ref _now);
        set => Volatile.Write(ref _now, value);
    }
}
