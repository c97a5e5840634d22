using System.Text;
using System.Text.Json;

namespace BfProxy.Tests.Channels;

/// <summary>A frame as a client reads it.</summary>
internal sealed record Frame(string Json, string? Channel, long From, long Offset, string? StreamId, int SeqFrom, int Seq, string? Type, string? Content)
{
    public static Frame Parse(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var root = document.RootElement;
        var offset = Number(root, "offset") ?? 0;
        var seq = Number(root, "seq") ?? 0;
        var hasEvent = root.TryGetProperty("event", out var streamEvent);
        return new Frame(
            Encoding.UTF8.GetString(bytes),
            Text(root, "channel"),
            Number(root, "from") ?? offset,
            offset,
            Text(root, "streamId"),
            (int)(Number(root, "seqFrom") ?? seq),
            (int)seq,
            hasEvent ? Text(streamEvent, "type") : null,
            hasEvent ? Text(streamEvent, "content") : null);
    }

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
}
