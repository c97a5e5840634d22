using System.ComponentModel.DataAnnotations;

namespace BfProxy.Channels;

internal sealed class ChannelsOptions
{
    public const string Section = "BfProxy:Channels";

    /// <summary>Frames that a channel keeps for those who come back.</summary>
    [Range(1, 1_000_000)]
    public int HistorySize { get; set; } = 1_000;

    /// <summary>Bytes of their contents that a channel keeps; a large frame alone may be more.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int HistoryBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How long it keeps them; zero turns history and replay off.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan HistoryTtl { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Text of one stream up to which it stays replayable from its first token.</summary>
    [Range(0, 256 * 1024 * 1024)]
    public int MaxReplayBytes { get; set; } = 1024 * 1024;

    /// <summary>Log bytes (text and records) a subscriber may be behind a channel before it is closed as slow.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxLagBytes { get; set; } = 1024 * 1024;

    /// <summary>How long one send may take before the subscriber is closed as slow.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MaxLagTime { get; set; } = TimeSpan.FromSeconds(30);

    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long deltas after a stream's first are gathered into one frame; zero sends each as it comes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:05")]
    public TimeSpan RollUp { get; set; } = TimeSpan.Zero;

    /// <summary>Largest message that a client may send.</summary>
    [Range(256, 16 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 64 * 1024;

    [Range(2, 10_000)]
    public int MaxChannelsPerConnection { get; set; } = 100;
}
