using System.Runtime.InteropServices;
using System.Text.Json;
using BfProxy.Channels;

namespace BfProxy.Messaging;

/// <summary>A client's command, read from a document that outlives it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Command(JsonElement Id, string Action, JsonElement Options)
{
    public static MessagingError? Read(JsonElement root, out Command command)
    {
        command = default;
        if (root.ValueKind != JsonValueKind.Object)
        {
            return MessagingErrors.NotJson;
        }

        if (root.TryGetProperty("id", out var id) && id.ValueKind is not (JsonValueKind.Number or JsonValueKind.String or JsonValueKind.Null))
        {
            return MessagingErrors.BadId;
        }

        var hasOptions = root.TryGetProperty("options", out var options) && options.ValueKind != JsonValueKind.Null;
        command = new Command(id, ReadText(root, "action") ?? "", hasOptions ? options : default);
        if (command.Action.Length == 0)
        {
            return MessagingErrors.MissingAction;
        }

        return hasOptions && options.ValueKind != JsonValueKind.Object ? MessagingErrors.BadOptions : null;
    }

    /// <summary>A non-empty text among the options.</summary>
    public string? Text(string name) => Options.ValueKind == JsonValueKind.Object ? ReadText(Options, name) : null;

    public MessagingError? ReadChannel(out string channel)
    {
        channel = Text("channel") ?? "";
        if (channel.Length == 0)
        {
            return MessagingErrors.MissingChannel;
        }

        return channel.Length > ChannelNames.MaxLength ? MessagingErrors.NameTooLong : null;
    }

    public MessagingError? ReadChannels(out IReadOnlyList<string> channels)
    {
        channels = [];
        if (!TryGet("channels", out var names))
        {
            return MessagingErrors.MissingChannel;
        }

        if (names.ValueKind != JsonValueKind.Array || names.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String))
        {
            return MessagingErrors.ChannelsNotArray;
        }

        channels = [.. names.EnumerateArray().Select(name => name.GetString()!).Distinct(StringComparer.Ordinal)];
        return channels.Count == 0 || channels.Contains("", StringComparer.Ordinal) ? MessagingErrors.MissingChannel : null;
    }

    public MessagingError? ReadSince(out Since? since)
    {
        since = null;
        return TryGet("since", out var value) ? ReadSince(value, out since) : null;
    }

    /// <summary>Positions on several channels, by name.</summary>
    public MessagingError? ReadSinces(out IReadOnlyDictionary<string, Since> sinces)
    {
        var found = new Dictionary<string, Since>(StringComparer.Ordinal);
        sinces = found;
        if (!TryGet("since", out var values))
        {
            return null;
        }

        if (values.ValueKind != JsonValueKind.Object)
        {
            return MessagingErrors.BadSince;
        }

        foreach (var value in values.EnumerateObject())
        {
            if (ReadSince(value.Value, out var since) is { } error)
            {
                return error;
            }

            found[value.Name] = since!;
        }

        return null;
    }

    /// <summary>An option that is there and not null.</summary>
    public bool TryGet(string name, out JsonElement value)
    {
        value = default;
        return Options.ValueKind == JsonValueKind.Object && Options.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    private static MessagingError? ReadSince(JsonElement value, out Since? since)
    {
        since = null;
        if (value.ValueKind == JsonValueKind.String && value.ValueEquals("start"u8))
        {
            since = Since.Start;
        }
        else if (value.ValueKind == JsonValueKind.Object && ReadText(value, "streamId") is { } streamId)
        {
            since = new Since(StreamId: streamId);
        }
        else if (value.ValueKind == JsonValueKind.Object && ReadText(value, "epoch") is { } epoch && ReadOffset(value) is { } offset)
        {
            since = new Since(epoch, offset);
        }

        return since is null ? MessagingErrors.BadSince : null;
    }

    private static long? ReadOffset(JsonElement parent) =>
        parent.TryGetProperty("offset", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var offset) && offset >= 0 ? offset : null;

    private static string? ReadText(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
