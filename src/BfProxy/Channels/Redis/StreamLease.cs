using System.Text.Json;
using System.Text.Json.Serialization;

namespace BfProxy.Channels.Redis;

/// <summary>What all nodes know of a running stream: who runs it, whom to tell when that node is gone, and a seq that nobody had seen when it was written.</summary>
internal sealed record StreamLease(string Node, string App, string Host, IReadOnlyList<string> Channels, string? ActionName, int Seq)
{
    /// <summary>The stream whose own lease Redis lost; null where this is a stream's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? InPlaceOf { get; init; }

    /// <summary>The channels that a delivery beside ours names; null where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Side { get; init; }

    [JsonIgnore]
    public ChannelScope Scope => new(App, Host);

    public string Write() => JsonSerializer.Serialize(this);

    public static StreamLease? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<StreamLease>(json);
}
