using System.Buffers;
using System.Text.Json;

namespace BfProxy.Hooks;

/// <summary>What the message hook is told of a message that a visitor sent to a channel.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="Mode">The sender's mode on it: <c>listen</c> or <c>receive</c>.</param>
/// <param name="Message">The message, a JSON value as the visitor wrote it.</param>
/// <param name="User">Who sent it; null where nobody is authenticated.</param>
/// <param name="ConnectionId">The sender's connection; its messages are handed on in order.</param>
/// <param name="Host">The host that it is connected to.</param>
internal sealed record MessageHookCall(string Channel, string Mode, ReadOnlyMemory<byte> Message, HookUser? User, string ConnectionId, string Host)
{
    /// <summary>The hook's body, on one line.</summary>
    /// <exception cref="JsonException"><see cref="Message"/> is no JSON.</exception>
    public byte[] ToJson()
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, HookJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("channel"u8, Channel);
            writer.WriteString("mode"u8, Mode);
            writer.WritePropertyName("message"u8);
            HookJson.WriteCompact(writer, Message.Span);
            if (User is null)
            {
                writer.WriteNull("user"u8);
            }
            else
            {
                writer.WriteStartObject("user"u8);
                writer.WriteString("id"u8, User.Id);
                writer.WriteString("email"u8, User.Email);
                writer.WriteEndObject();
            }

            writer.WriteString("connectionId"u8, ConnectionId);
            writer.WriteString("host"u8, Host);
            writer.WriteEndObject();
        }

        return json.WrittenSpan.ToArray();
    }
}
