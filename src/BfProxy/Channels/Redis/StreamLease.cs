using System.Text.Json;

namespace BfProxy.Channels.Redis;

/// <summary>What all nodes know of a running stream: who runs it, whom to tell when that node is gone, and a seq that nobody had seen when it was written.</summary>
internal sealed record StreamLease(string Node, string App, string Host, IReadOnlyList<string> Channels, string? ActionName, int Seq)
{
    public ChannelScope Scope => new(App, Host);

    public string Write() => JsonSerializer.Serialize(this);

    public static StreamLease? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<StreamLease>(json);
}
