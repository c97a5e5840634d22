using System.Text.Json;

namespace BfProxy.Messaging;

/// <summary>Writes messages: BetterForms' object of <c>actions</c>, <c>model</c> and <c>app</c>, and the frame around one.</summary>
internal static class Message
{
    /// <summary>What a visitor sends, its three members always there.</summary>
    public static ReadOnlyMemory<byte> Body(Command command) => Reply.Write(writer =>
    {
        WriteMember(writer, command, "actions", "[]");
        WriteMember(writer, command, "model", "{}");
        WriteMember(writer, command, "app", "{}");
    });

    /// <summary>The members of a message frame after its offset, with the frame's closing brace, as a channel's log keeps them.</summary>
    /// <param name="body">The message, one JSON object.</param>
    /// <param name="sender">Who sends it; null is the app's server, which stands there as <c>{}</c>.</param>
    /// <param name="isAmongUsers">Whether the receivers may know which user it is; strangers on open channels may not.</param>
    public static ReadOnlyMemory<byte> Frame(ReadOnlyMemory<byte> body, MessagingSession? sender, bool isAmongUsers)
    {
        var frame = Reply.Write(writer =>
        {
            writer.WritePropertyName("message");
            writer.WriteRawValue(body.Span, skipInputValidation: true);
            writer.WriteStartObject("from");
            if (sender is not null)
            {
                writer.WriteString("connectionId", sender.Connection.Id);
            }

            if (isAmongUsers && sender?.User is { } user)
            {
                writer.WriteStartObject("user");
                writer.WriteString("id", user.User.Id);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        });
        return frame[1..];
    }

    private static void WriteMember(Utf8JsonWriter writer, Command command, string name, string absent)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(command.TryGet(name, out var value) ? value.GetRawText() : absent, skipInputValidation: true);
    }
}
