using System.Text.Json;

namespace BfProxy.Transforms.Dialects.OpenAiResponses;

/// <summary>
/// One event of a Responses stream, taken apart in one pass without side effects (providers.md 3.2). Spans are slices of the frame; what is missing is empty.
/// </summary>
internal ref struct ResponsesEvent
{
    private readonly ReadOnlySpan<byte> _json;

    private ResponsesEvent(ReadOnlySpan<byte> json) => _json = json;

    /// <summary>Inside of the string that names the event.</summary>
    public ReadOnlySpan<byte> Type { get; private set; }

    /// <summary>Inside of a delta's string.</summary>
    public ReadOnlySpan<byte> Delta { get; private set; }

    /// <summary>Inside of the padding's string, which hides the length of the text.</summary>
    public ReadOnlySpan<byte> Padding { get; private set; }

    /// <summary>The event's number as it stands.</summary>
    public ReadOnlySpan<byte> Sequence { get; private set; }

    /// <summary>Raw object of the whole response.</summary>
    public ReadOnlySpan<byte> Response { get; private set; }

    /// <summary>Raw object of an output item.</summary>
    public ReadOnlySpan<byte> Item { get; private set; }

    /// <summary>Whether the event is an error.</summary>
    public bool IsError { get; private set; }

    /// <summary>False where the frame is not one JSON object.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out ResponsesEvent read)
    {
        var started = new ResponsesEvent(json);
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
        var name = reader.ValueSpan;
        var value = JsonTokens.TakeValue(ref reader, _json);
        if (name.SequenceEqual("type"u8))
        {
            Type = JsonTokens.InsideOf(value);
            IsError |= Type.SequenceEqual("error"u8);
        }
        else if (name.SequenceEqual("delta"u8))
        {
            Delta = JsonTokens.InsideOf(value);
        }
        else if (name.SequenceEqual("obfuscation"u8))
        {
            Padding = JsonTokens.InsideOf(value);
        }
        else if (name.SequenceEqual("sequence_number"u8))
        {
            Sequence = value;
        }
        else
        {
            KeepRare(name, value);
        }
    }

    private void KeepRare(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("error"u8))
        {
            IsError |= JsonTokens.IsTruthy(value);
        }
        else if (value[0] != '{')
        {
            return;
        }
        else if (name.SequenceEqual("response"u8))
        {
            Response = value;
        }
        else if (name.SequenceEqual("item"u8))
        {
            Item = value;
        }
    }
}
