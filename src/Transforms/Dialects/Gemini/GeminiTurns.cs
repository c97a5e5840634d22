using System.Text.Json;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>Opens and closes contents so that neighbours of one role are one, the first is the user's and the last is too.</summary>
internal sealed class GeminiTurns(Utf8JsonWriter writer)
{
    private bool _isOpen;
    private bool _isModel;

    public bool IsEmpty => !_isOpen;

    public void Start() => writer.WriteStartArray("contents"u8);

    /// <summary>Makes a part of <paramref name="isModel"/>'s role the next thing to write.</summary>
    public void Begin(bool isModel)
    {
        if (_isOpen && _isModel == isModel)
        {
            return;
        }

        if (!_isOpen && isModel)
        {
            Open(isModel: false);
            WriteText("(continue)"u8);
        }

        if (_isOpen)
        {
            Close();
        }

        Open(isModel);
    }

    public void Finish()
    {
        if (_isOpen && _isModel)
        {
            Begin(isModel: false);
            WriteText("Continue."u8);
        }

        if (_isOpen)
        {
            Close();
        }

        writer.WriteEndArray();
    }

    private void Open(bool isModel)
    {
        _isOpen = true;
        _isModel = isModel;
        writer.WriteStartObject();
        writer.WriteString("role"u8, isModel ? "model"u8 : "user"u8);
        writer.WriteStartArray("parts"u8);
    }

    private void Close()
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteText(ReadOnlySpan<byte> text)
    {
        writer.WriteStartObject();
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
    }
}
