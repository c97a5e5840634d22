using System.Text.Json;

namespace BfProxy.Security;

/// <summary>Reads and writes <c>channels</c> where they come with modes: <c>{"name","mode"}</c>, or a name alone, which is mode <c>ignore</c>.</summary>
internal static class ChannelGrants
{
    public const string Member = "channels";

    /// <summary>The channels among <paramref name="parent"/>'s members; none where there are none. A name that stands twice has its last mode.</summary>
    public static bool TryReadAll(JsonElement parent, out IReadOnlyList<ChannelGrant> grants)
    {
        grants = [];
        if (!parent.TryGetProperty(Member, out var channels) || channels.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (channels.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        var byName = new OrderedDictionary<string, ChannelMode>(StringComparer.Ordinal);
        foreach (var channel in channels.EnumerateArray())
        {
            if (!TryRead(channel, out var grant))
            {
                return false;
            }

            byName[grant.Channel] = grant.Mode;
        }

        grants = [.. byName.Select(pair => new ChannelGrant(pair.Key, pair.Value))];
        return true;
    }

    public static bool TryRead(JsonElement channel, out ChannelGrant grant)
    {
        grant = default;
        var isObject = channel.ValueKind == JsonValueKind.Object;
        var name = !isObject ? channel : channel.TryGetProperty("name", out var named) ? named : default;
        if (name.ValueKind != JsonValueKind.String || name.GetString() is not { Length: > 0 } text)
        {
            return false;
        }

        var mode = isObject && channel.TryGetProperty("mode", out var given) && given.ValueKind != JsonValueKind.Null
            ? ChannelModes.Read(given.ValueKind == JsonValueKind.String ? given.GetString() : null)
            : ChannelMode.Ignore;
        grant = new ChannelGrant(text, mode ?? default);
        return mode is not null;
    }

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<ChannelGrant> grants)
    {
        writer.WriteStartArray(Member);
        foreach (var grant in grants)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, grant.Channel);
            writer.WriteString("mode"u8, ChannelModes.NameOf(grant.Mode));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
