using System.Text;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>One content block as it grows from deltas; the strings stay escaped as sent.</summary>
/// <param name="kind">What Anthropic calls it.</param>
/// <param name="start">Raw object that started it.</param>
internal sealed class AnthropicBlock(string kind, byte[] start)
{
    public const string Text = "text";
    public const string Thinking = "thinking";
    public const string RedactedThinking = "redacted_thinking";
    public const string ToolUse = "tool_use";

    private readonly GrowingString _body = new();
    private readonly GrowingString _signature = new();
    private ToolCall? _call;

    public bool IsCall => kind == ToolUse;

    /// <summary>Whether a call's arguments are one JSON object; false where the answer was cut short.</summary>
    public bool IsWhole => JsonTokens.IsObject(Encoding.UTF8.GetBytes(ToCall().Arguments));

    /// <summary>Adds to the text, the thoughts or the arguments.</summary>
    public void Append(ReadOnlySpan<byte> inside) => _body.Append(inside);

    public void AppendSignature(ReadOnlySpan<byte> inside) => _signature.Append(inside);

    /// <summary>The call, once the block is complete. Arguments that never came are none.</summary>
    public ToolCall ToCall()
    {
        if (_call is not null)
        {
            return _call;
        }

        var head = AnthropicDelta.Read(start);
        var input = head.Input.IsEmpty ? "{}" : Encoding.UTF8.GetString(head.Input);
        return _call = new ToolCall(
            head.Id.IsEmpty ? MadeIds.New(MadeIds.CallPrefix) : StringBody.Unescape(head.Id),
            StringBody.Unescape(head.Name),
            _body.IsEmpty ? input : StringBody.Unescape(_body.Inside));
    }

    /// <summary>Writes the block as Anthropic takes it back in the next request; nothing for text without a letter, which it refuses.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        switch (kind)
        {
            case Text when !_body.IsEmpty:
                WriteString(writer, "text"u8, Text);
                break;
            case Thinking:
                WriteString(writer, "thinking"u8, Thinking);
                break;
            case RedactedThinking:
                writer.WriteRawValue(start, skipInputValidation: true);
                break;
            case ToolUse:
                WriteCall(writer, ToCall());
                break;
        }
    }

    private void WriteString(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string type)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        writer.WritePropertyName(name);
        _body.Write(writer);
        if (type == Thinking)
        {
            writer.WritePropertyName("signature"u8);
            _signature.Write(writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter writer, ToolCall call)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, ToolUse);
        writer.WriteString("id"u8, call.Id);
        writer.WriteString("name"u8, call.Name);
        writer.WritePropertyName("input"u8);
        var arguments = Encoding.UTF8.GetBytes(call.Arguments);
        writer.WriteRawValue(JsonTokens.IsObject(arguments) ? arguments : "{}"u8, skipInputValidation: true);
        writer.WriteEndObject();
    }
}
