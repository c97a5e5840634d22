using System.Text.Json;

namespace BfProxy.Transforms.Contract;

/// <summary>Reads <c>channels</c>: an array of names or a string, each split on commas and trimmed.</summary>
internal static class ChannelNames
{
    private const int MaxChannels = 100;
    private const int MaxLength = 256;

    private static readonly FieldPath Path = FieldPath.Root.Member("channels");

    public static IReadOnlyList<string> Read(JsonElement root, bool isRequired, FaultSink faults)
    {
        var names = new OrderedDictionary<string, bool>(StringComparer.Ordinal);
        var isRead = !FieldReader.TryFind(root, "channels", out var channels) || (channels.ValueKind switch
        {
            JsonValueKind.String => Add(names, channels, Path, faults),
            JsonValueKind.Array => AddAll(names, channels, faults),
            _ => faults.Expected(Path, "an array of names or a string", channels),
        });
        if (isRead && isRequired && names.Count == 0)
        {
            faults.Fail(Path, "expected at least one channel.");
        }

        return [.. names.Keys];
    }

    private static bool AddAll(OrderedDictionary<string, bool> names, JsonElement channels, FaultSink faults)
    {
        var index = 0;
        foreach (var channel in channels.EnumerateArray())
        {
            var path = Path.Item(index++);
            var isRead = channel.ValueKind switch
            {
                JsonValueKind.Null => true,
                JsonValueKind.String => Add(names, channel, path, faults),
                _ => faults.Expected(path, "a name", channel),
            };
            if (!isRead)
            {
                return false;
            }
        }

        return true;
    }

    private static bool Add(OrderedDictionary<string, bool> names, JsonElement value, FieldPath path, FaultSink faults)
    {
        var list = value.GetString().AsSpan();
        foreach (var range in list.Split(','))
        {
            var name = list[range].Trim();
            if (name.Length > MaxLength)
            {
                return faults.Fail(path, $"expected names of at most {MaxLength} characters.");
            }

            if (name.Length > 0)
            {
                names.TryAdd(name.ToString(), value: true);
            }

            if (names.Count > MaxChannels)
            {
                return faults.Fail(Path, $"expected at most {MaxChannels} channels.");
            }
        }

        return true;
    }
}
