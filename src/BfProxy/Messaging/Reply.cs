using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using BfProxy.Channels;
using BfProxy.Security;

namespace BfProxy.Messaging;

/// <summary>Writes what the server says to one client, and the messages of visitors.</summary>
internal static class Reply
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Greeting(MessagingSession session, IReadOnlyList<Subscription> channels) => Write(writer =>
    {
        WriteIdentity(writer, session.Visitor, session.Connection.Id);
        if (session.User is { } user)
        {
            writer.WriteString("user", user.User.Id);
        }

        writer.WriteStartArray("channels");
        foreach (var channel in channels)
        {
            writer.WriteStartObject();
            if (session.User?.ModeOn(channel.Name) is { } mode)
            {
                writer.WriteString("mode", ChannelModes.NameOf(mode));
            }

            WritePosition(writer, session.Visitor, channel, channel.JoinedAt);
            WriteRecovered(writer, channel);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    public static ReadOnlyMemory<byte> Ok(JsonElement id) => Ok(id, static _ => { });

    public static ReadOnlyMemory<byte> Joined(MessagingVisitor visitor, JsonElement id, Subscription subscription, long offset) => Ok(id, writer =>
    {
        WritePosition(writer, visitor, subscription, offset);
        WriteRecovered(writer, subscription);
    });

    /// <summary>A channel goes on with another history, and what was missed in between cannot be had any more.</summary>
    public static ReadOnlyMemory<byte> Moved(MessagingVisitor visitor, Subscription subscription) => Write(writer =>
    {
        WritePosition(writer, visitor, subscription, subscription.JoinedAt);
        writer.WriteBoolean("recovered", false);
    });

    public static ReadOnlyMemory<byte> Resumed(MessagingVisitor visitor, JsonElement id, string connectionId) => Ok(id, writer => WriteIdentity(writer, visitor, connectionId));

    public static ReadOnlyMemory<byte> Left(JsonElement id, string channel) => Ok(id, writer => writer.WriteString("channel", channel));

    public static ReadOnlyMemory<byte> ToolAnswer(JsonElement id, string? toolCallId, string status) => Ok(id, writer =>
    {
        writer.WriteString("status", status);
        if (toolCallId is not null)
        {
            writer.WriteString("toolCallId", toolCallId);
        }
    });

    public static ReadOnlyMemory<byte> Stop(JsonElement id, string? streamId, bool stopped) => Ok(id, writer =>
    {
        writer.WriteString("status", stopped ? "stopped" : "not_found");
        if (streamId is not null)
        {
            writer.WriteString("streamId", streamId);
        }
    });

    public static ReadOnlyMemory<byte> StopRun(JsonElement id, string? threadId, string? runId, string status) => Ok(id, writer =>
    {
        writer.WriteString("status", status);
        writer.WriteString("threadId", threadId);
        writer.WriteString("runId", runId);
    });

    public static ReadOnlyMemory<byte> Refused(JsonElement id, MessagingError error) => Write(writer =>
    {
        WriteId(writer, id);
        writer.WriteStartObject("error");
        writer.WriteNumber("code", error.Code);
        writer.WriteString("message", error.Message);
        writer.WriteEndObject();
    });

    public static ReadOnlyMemory<byte> Authenticated(JsonElement id, MessagingSession session, IReadOnlyList<Subscription> starts) => Ok(id, writer =>
    {
        writer.WriteString("user", session.User!.User.Id);
        writer.WriteStartArray("channels");
        foreach (var grant in session.User.Grants)
        {
            WriteGrant(writer, session, grant, starts);
        }

        writer.WriteEndArray();
    });

    /// <summary>Word that the app's server put this user on a channel, or changed his mode there.</summary>
    public static ReadOnlyMemory<byte> WasJoined(MessagingSession session, ChannelGrant grant, IReadOnlyList<Subscription> starts) => Write(writer =>
    {
        writer.WritePropertyName("joined");
        WriteGrant(writer, session, grant, starts);
    });

    /// <summary>Word that the app's server took this user off a channel.</summary>
    public static ReadOnlyMemory<byte> WasLeft(string channel) => Write(writer =>
    {
        writer.WriteStartObject("left");
        writer.WriteString("channel", channel);
        writer.WriteEndObject();
    });

    private static ReadOnlyMemory<byte> Ok(JsonElement id, Action<Utf8JsonWriter> write) => Write(writer =>
    {
        WriteId(writer, id);
        writer.WriteBoolean("ok", true);
        write(writer);
    });

    /// <summary>Writes one object.</summary>
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        write(writer);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteId(Utf8JsonWriter writer, JsonElement id)
    {
        if (id.ValueKind is JsonValueKind.Number or JsonValueKind.String)
        {
            WriteRaw(writer, "id", id.GetRawText());
        }
    }

    private static void WriteIdentity(Utf8JsonWriter writer, MessagingVisitor visitor, string connectionId)
    {
        writer.WriteString("connectionId", connectionId);
        writer.WriteString("resumeToken", new ResumeToken(visitor.NodeId, connectionId).Write(visitor.Key, visitor.Scope));
    }

    private static void WritePosition(Utf8JsonWriter writer, MessagingVisitor visitor, Subscription subscription, long offset)
    {
        writer.WriteString("channel", subscription.Channel.Key.Name);
        writer.WriteString("epoch", EpochSeal.Write(visitor, subscription));
        writer.WriteNumber("offset", offset);
    }

    private static void WriteGrant(Utf8JsonWriter writer, MessagingSession session, ChannelGrant grant, IReadOnlyList<Subscription> starts)
    {
        var subscription = session.Find(grant.Channel)!;
        writer.WriteStartObject();
        writer.WriteString("channel", grant.Channel);
        writer.WriteString("mode", ChannelModes.NameOf(grant.Mode));
        writer.WriteString("epoch", EpochSeal.Write(session.Visitor, subscription));
        writer.WriteNumber("offset", starts.Contains(subscription) ? subscription.JoinedAt : subscription.Taken);
        WriteRecovered(writer, subscription);
        writer.WriteEndObject();
    }

    private static void WriteRecovered(Utf8JsonWriter writer, Subscription subscription)
    {
        if (subscription.Recovered is { } recovered)
        {
            writer.WriteBoolean("recovered", recovered);
        }
    }

    /// <summary>Copies JSON that a parser has already accepted.</summary>
    private static void WriteRaw(Utf8JsonWriter writer, string name, string json)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(json, skipInputValidation: true);
    }
}
