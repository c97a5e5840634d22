using System.Text.Json;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>Opens and closes messages so that neighbours of one role are one and the first is the user's.</summary>
internal sealed class AnthropicTurns(Utf8JsonWriter writer)
{
    private bool _isOpen;
    private bool _isAssistant;

    public bool IsEmpty => !_isOpen;

    public static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> text)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
    }

    public void Start() => writer.WriteStartArray("messages"u8);

    /// <summary>Makes a block of this role the next thing to write.</summary>
    public void Begin(bool isAssistant)
    {
        if (_isOpen && _isAssistant == isAssistant)
        {
            return;
        }

        if (!_isOpen && isAssistant)
        {
            Open(isAssistant: false);
            WriteText(writer, "(continue)"u8);
        }

        if (_isOpen)
        {
            Close();
        }

        Open(isAssistant);
    }

    /// <summary>Ends the conversation.</summary>
    /// <param name="takesPrefill">Whether it may end with the beginning of the model's own answer.</param>
    public void Finish(bool takesPrefill)
    {
        if (_isOpen && _isAssistant && !takesPrefill)
        {
            Begin(isAssistant: false);
            WriteText(writer, "Continue."u8);
        }

        if (_isOpen)
        {
            Close();
        }

        writer.WriteEndArray();
    }

    private void Open(bool isAssistant)
    {
        _isOpen = true;
        _isAssistant = isAssistant;
        writer.WriteStartObject();
        writer.WriteString("role"u8, isAssistant ? "assistant"u8 : "user"u8);
        writer.WriteStartArray("content"u8);
    }

    private void Close()
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
