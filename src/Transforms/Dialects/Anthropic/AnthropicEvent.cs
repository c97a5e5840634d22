using System.Text.Json;

namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>
/// One event of a Messages stream, taken apart in one pass without side effects (providers.md 5.2). Spans are slices of the frame; what is missing is empty.
/// </summary>
internal ref struct AnthropicEvent
{
    private readonly ReadOnlySpan<byte> _json;

    private AnthropicEvent(ReadOnlySpan<byte> json) => _json = json;

    /// <summary>Inside of the string that names the event.</summary>
    public ReadOnlySpan<byte> Type { get; private set; }

    /// <summary>Number of the content block that the event is about.</summary>
    public long Index { get; private set; }

    /// <summary>Raw object of a delta.</summary>
    public ReadOnlySpan<byte> Delta { get; private set; }

    /// <summary>Raw object of a block that starts.</summary>
    public ReadOnlySpan<byte> Block { get; private set; }

    /// <summary>Raw object of the message that starts.</summary>
    public ReadOnlySpan<byte> Message { get; private set; }

    /// <summary>Raw usage object.</summary>
    public ReadOnlySpan<byte> Usage { get; private set; }

    /// <summary>Whether the event is an error.</summary>
    public bool IsError { get; private set; }

    /// <summary>False where the frame is not one JSON object.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out AnthropicEvent read)
    {
        var started = new AnthropicEvent(json);
        read = started;
        if (!JsonTokens.IsObject(json))
        {
            return false;
        }

        var reader = JsonTokens.Open(json);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            started.ReadMember(ref reader);
        }

        read = started;
        return true;
    }

    private void ReadMember(scoped ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.SequenceEqual("type"u8))
        {
            Type = JsonTokens.TakeText(ref reader);
            IsError |= Type.SequenceEqual("error"u8);
        }
        else if (reader.ValueSpan.SequenceEqual("index"u8))
        {
            Index = JsonTokens.TakeInteger(ref reader) ?? 0;
        }
        else if (reader.ValueSpan.SequenceEqual("error"u8))
        {
            IsError |= JsonTokens.IsTruthy(JsonTokens.TakeValue(ref reader, _json));
        }
        else
        {
            ReadObject(ref reader);
        }
    }

    private void ReadObject(scoped ref Utf8JsonReader reader)
    {
        var name = reader.ValueSpan;
        var value = JsonTokens.TakeValue(ref reader, _json);
        if (value[0] != '{')
        {
            return;
        }

        if (name.SequenceEqual("delta"u8))
        {
            Delta = value;
        }
        else if (name.SequenceEqual("content_block"u8))
        {
            Block = value;
        }
        else if (name.SequenceEqual("message"u8))
        {
            Message = value;
        }
        else if (name.SequenceEqual("usage"u8))
        {
            Usage = value;
        }
    }
}
