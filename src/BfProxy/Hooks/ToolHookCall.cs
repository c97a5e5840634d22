using System.Buffers;
using System.Text.Json;

namespace BfProxy.Hooks;

/// <summary>What the tool hook is told of a call that a model made.</summary>
/// <param name="ToolCallId">Names the call; idempotency key of the hook.</param>
/// <param name="StreamId">The stream that the call belongs to.</param>
/// <param name="ThreadId">The conversation, where there is one.</param>
/// <param name="RunId">The run in it, where there is one.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">A JSON object, as the model wrote it.</param>
/// <param name="App">The app's name.</param>
/// <param name="Host">The host that the request came to.</param>
/// <param name="Channels">The request's channels; empty where it does not stream.</param>
/// <param name="ActionName">The request's named action, if any.</param>
internal sealed record ToolHookCall(
    string ToolCallId,
    string? StreamId,
    string? ThreadId,
    string? RunId,
    string Name,
    ReadOnlyMemory<byte> Arguments,
    string App,
    string Host,
    IReadOnlyList<string> Channels,
    string? ActionName)
{
    /// <summary>The hook's body, on one line.</summary>
    /// <exception cref="JsonException"><see cref="Arguments"/> is no JSON.</exception>
    public byte[] ToJson()
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, HookJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("toolCallId"u8, ToolCallId);
            writer.WriteString("streamId"u8, StreamId);
            writer.WriteString("threadId"u8, ThreadId);
            writer.WriteString("runId"u8, RunId);
            writer.WriteString("name"u8, Name);
            writer.WritePropertyName("arguments"u8);
            HookJson.WriteCompact(writer, Arguments.Span);
            writer.WriteString("app"u8, App);
            writer.WriteString("host"u8, Host);
            writer.WriteStartArray("channels"u8);
            foreach (var channel in Channels)
            {
                writer.WriteStringValue(channel);
            }

            writer.WriteEndArray();
            writer.WriteString("actionName"u8, ActionName);
            writer.WriteEndObject();
        }

        return json.WrittenSpan.ToArray();
    }
}
