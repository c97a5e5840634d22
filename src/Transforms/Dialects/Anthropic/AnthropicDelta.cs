namespace BfProxy.Transforms.Dialects.Anthropic;

/// <summary>A <c>content_block</c> that starts, a <c>delta</c> of one, or the <c>delta</c> of the message. Spans are insides of strings; what is missing is empty.</summary>
internal ref struct AnthropicDelta
{
    public ReadOnlySpan<byte> Type { get; private set; }

    public ReadOnlySpan<byte> Text { get; private set; }

    public ReadOnlySpan<byte> Thinking { get; private set; }

    public ReadOnlySpan<byte> Signature { get; private set; }

    /// <summary>A piece of a call's arguments.</summary>
    public ReadOnlySpan<byte> PartialJson { get; private set; }

    public ReadOnlySpan<byte> Id { get; private set; }

    public ReadOnlySpan<byte> Name { get; private set; }

    public ReadOnlySpan<byte> StopReason { get; private set; }

    /// <summary>Raw object of the arguments that a call starts with.</summary>
    public ReadOnlySpan<byte> Input { get; private set; }

    /// <summary>Reads a raw object.</summary>
    public static AnthropicDelta Read(ReadOnlySpan<byte> json)
    {
        var delta = default(AnthropicDelta);
        var reader = JsonTokens.Open(json);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            var name = reader.ValueSpan;
            delta.Keep(name, JsonTokens.TakeValue(ref reader, json));
        }

        return delta;
    }

    private void Keep(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("text"u8))
        {
            Text = JsonTokens.InsideOf(value);
        }
        else if (name.SequenceEqual("type"u8))
        {
            Type = JsonTokens.InsideOf(value);
        }
        else if (name.SequenceEqual("partial_json"u8))
        {
            PartialJson = JsonTokens.InsideOf(value);
        }
        else if (name.SequenceEqual("thinking"u8))
        {
            Thinking = JsonTokens.InsideOf(value);
        }
        else
        {
            KeepRare(name, value);
        }
    }

    private void KeepRare(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("signature"u8))
        {
            Signature = JsonTokens.InsideOf(value);
        }
        else if (name.SequenceEqual("id"u8))
        {
            Id = JsonTokens.InsideOf(value);
        }
        else if (name.SequenceEqual("name"u8))
        {
            Name = JsonTokens.InsideOf(value);
        }
        else if (name.SequenceEqual("stop_reason"u8))
        {
            StopReason = JsonTokens.InsideOf(value);
        }
        else if (name.SequenceEqual("input"u8) && value[0] == '{')
        {
            Input = value;
        }
    }
}
