using System.Text.Json;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>
/// One <c>chat.completion.chunk</c>, taken apart in one pass without side effects (providers.md 1.5). Spans are slices of the frame; a missing or null
/// member is empty. Only the choice with index 0 is kept: the others matter to the aggregate alone.
/// </summary>
internal ref struct OpenAiChunk
{
    private readonly ReadOnlySpan<byte> _json;
    private int _choices;
    private bool _hasMore;

    private OpenAiChunk(ReadOnlySpan<byte> json) => _json = json;

    /// <summary>Inside of the text delta's string.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Inside of the refusal delta's string.</summary>
    public ReadOnlySpan<byte> Refusal { get; private set; }

    /// <summary>Inside of the finish reason's string.</summary>
    public ReadOnlySpan<byte> FinishReason { get; private set; }

    /// <summary>Raw array of call fragments.</summary>
    public ReadOnlySpan<byte> ToolCalls { get; private set; }

    /// <summary>Raw object of the older form of a call.</summary>
    public ReadOnlySpan<byte> FunctionCall { get; private set; }

    /// <summary>Raw usage object.</summary>
    public ReadOnlySpan<byte> Usage { get; private set; }

    /// <summary>Whether the chunk is an error.</summary>
    public bool IsError { get; private set; }

    /// <summary>Whether any choice stood in the chunk.</summary>
    public readonly bool HasChoice => _choices > 0;

    /// <summary>Inside of the padding's string, which hides the length of the text.</summary>
    public ReadOnlySpan<byte> Padding { get; private set; }

    /// <summary>Whether another chunk that differs from this one in content and padding alone would mean just more text.</summary>
    public readonly bool IsPlainText => !Content.IsEmpty && _choices == 1 && !_hasMore;

    /// <summary>False where the frame is not one JSON object.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out OpenAiChunk chunk)
    {
        var read = new OpenAiChunk(json);
        chunk = read;
        if (!JsonTokens.IsObject(json))
        {
            return false;
        }

        var reader = JsonTokens.Open(json);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            read.ReadMember(ref reader);
        }

        chunk = read;
        return true;
    }

    private void ReadMember(scoped ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.SequenceEqual("choices"u8))
        {
            ReadChoices(ref reader);
        }
        else if (reader.ValueSpan.SequenceEqual("usage"u8))
        {
            Usage = TakeObject(ref reader);
            _hasMore |= !Usage.IsEmpty;
        }
        else if (reader.ValueSpan.SequenceEqual("error"u8))
        {
            IsError |= JsonTokens.IsTruthy(JsonTokens.TakeValue(ref reader, _json));
        }
        else if (reader.ValueSpan.SequenceEqual("obfuscation"u8))
        {
            Padding = JsonTokens.TakeText(ref reader);
        }
        else
        {
            JsonTokens.TakeValue(ref reader, _json);
        }
    }

    private void ReadChoices(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (JsonTokens.NextElement(ref reader))
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                _choices++;
                ReadChoice(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadChoice(scoped ref Utf8JsonReader reader)
    {
        var index = 0L;
        ReadOnlySpan<byte> finish = default;
        var delta = default(Utf8JsonReader);
        while (JsonTokens.NextMember(ref reader))
        {
            if (reader.ValueSpan.SequenceEqual("index"u8))
            {
                index = JsonTokens.TakeInteger(ref reader) ?? 0;
            }
            else if (reader.ValueSpan.SequenceEqual("finish_reason"u8))
            {
                finish = JsonTokens.TakeText(ref reader);
            }
            else if (reader.ValueSpan.SequenceEqual("delta"u8))
            {
                reader.Read();
                delta = reader;
                reader.Skip();
            }
            else
            {
                var isLogprobs = reader.ValueSpan.SequenceEqual("logprobs"u8);
                var isNull = JsonTokens.TakeValue(ref reader, _json).SequenceEqual("null"u8);
                _hasMore |= isLogprobs && !isNull;
            }
        }

        if (index != 0)
        {
            _hasMore = true;
            return;
        }

        FinishReason = finish.IsEmpty ? FinishReason : finish;
        _hasMore |= !finish.IsEmpty;
        if (delta.TokenType == JsonTokenType.StartObject)
        {
            ReadDelta(ref delta);
        }
    }

    private void ReadDelta(scoped ref Utf8JsonReader reader)
    {
        while (JsonTokens.NextMember(ref reader))
        {
            if (reader.ValueSpan.SequenceEqual("content"u8))
            {
                Content = JsonTokens.TakeText(ref reader);
            }
            else if (reader.ValueSpan.SequenceEqual("role"u8))
            {
                reader.Read();
                reader.Skip();
            }
            else
            {
                ReadOther(ref reader);
            }
        }
    }

    private void ReadOther(scoped ref Utf8JsonReader reader)
    {
        var isRefusal = reader.ValueSpan.SequenceEqual("refusal"u8);
        var isTools = reader.ValueSpan.SequenceEqual("tool_calls"u8);
        var isFunction = reader.ValueSpan.SequenceEqual("function_call"u8);
        var value = JsonTokens.TakeValue(ref reader, _json);
        if (value.SequenceEqual("null"u8) || value.SequenceEqual("\"\""u8) || value.SequenceEqual("[]"u8))
        {
            return;
        }

        _hasMore = true;
        if (isRefusal)
        {
            Refusal = JsonTokens.InsideOf(value);
        }
        else if (isTools && value[0] == '[')
        {
            ToolCalls = value;
        }
        else if (isFunction && value[0] == '{')
        {
            FunctionCall = value;
        }
    }

    private readonly ReadOnlySpan<byte> TakeObject(scoped ref Utf8JsonReader reader)
    {
        var value = JsonTokens.TakeValue(ref reader, _json);
        return value[0] == '{' ? value : default;
    }
}
