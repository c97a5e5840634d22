using System.Runtime.InteropServices;
using System.Text.Json;

namespace BfProxy.Channels.Redis;

/// <summary>A stream that a node's copy of a channel has seen no end of.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="ActionName">Its action, where it has said anything.</param>
/// <param name="NextSeq">The seq that would come next here.</param>
/// <param name="HasEnded">Whether Redis says that it has ended, in a history that is lost here.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct UnfinishedStream(string StreamId, string? ActionName, int NextSeq, bool HasEnded = false)
{
    public static UnfinishedStream Of(StreamSource source) => new(source.StreamId, ReadAction(source.Header), source.NextSeq);

    /// <summary>What <see cref="ChannelHub.StreamHeader"/> wrote, with the comma before it.</summary>
    private static string? ReadAction(byte[] header)
    {
        if (header.Length == 0)
        {
            return null;
        }

        using var members = JsonDocument.Parse((byte[])[(byte)'{', .. header.AsSpan(1), (byte)'}']);
        return members.RootElement.TryGetProperty("actionName", out var name) ? name.GetString() : null;
    }
}
