using System.Text.Json;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>
/// One <c>GenerateContentResponse</c>, taken apart in one pass without side effects (providers.md 4.3). Spans are slices of the frame; what is missing is
/// empty. Of several candidates the one with index 0 is kept.
/// </summary>
internal ref struct GeminiChunk
{
    private readonly ReadOnlySpan<byte> _json;
    private int _candidates;
    private bool _hasMore;

    private GeminiChunk(ReadOnlySpan<byte> json) => _json = json;

    /// <summary>Raw array of the candidate's parts.</summary>
    public ReadOnlySpan<byte> Parts { get; private set; }

    /// <summary>Inside of the finish reason's string.</summary>
    public ReadOnlySpan<byte> FinishReason { get; private set; }

    /// <summary>Inside of the string that explains the finish reason.</summary>
    public ReadOnlySpan<byte> FinishMessage { get; private set; }

    /// <summary>Inside of the string that tells why the prompt was blocked.</summary>
    public ReadOnlySpan<byte> BlockReason { get; private set; }

    /// <summary>Raw usage object.</summary>
    public ReadOnlySpan<byte> Usage { get; private set; }

    /// <summary>Inside of the model name's string.</summary>
    public ReadOnlySpan<byte> ModelVersion { get; private set; }

    /// <summary>Inside of the response id's string.</summary>
    public ReadOnlySpan<byte> ResponseId { get; private set; }

    /// <summary>Whether the chunk is an error.</summary>
    public bool IsError { get; private set; }

    /// <summary>Whether another chunk that differs from this one in its parts and usage alone would mean just these.</summary>
    public readonly bool IsPlain => _candidates == 1 && !_hasMore && FinishReason.IsEmpty && BlockReason.IsEmpty && !IsError;

    /// <summary>False where the frame is not one JSON object.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out GeminiChunk chunk)
    {
        var read = new GeminiChunk(json);
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
        if (reader.ValueSpan.SequenceEqual("candidates"u8))
        {
            ReadCandidates(ref reader);
        }
        else if (reader.ValueSpan.SequenceEqual("usageMetadata"u8))
        {
            var value = JsonTokens.TakeValue(ref reader, _json);
            Usage = value[0] == '{' ? value : default;
        }
        else if (reader.ValueSpan.SequenceEqual("modelVersion"u8))
        {
            ModelVersion = JsonTokens.TakeText(ref reader);
        }
        else if (reader.ValueSpan.SequenceEqual("responseId"u8))
        {
            ResponseId = JsonTokens.TakeText(ref reader);
        }
        else if (reader.ValueSpan.SequenceEqual("promptFeedback"u8))
        {
            ReadFeedback(ref reader);
        }
        else if (reader.ValueSpan.SequenceEqual("error"u8))
        {
            IsError |= JsonTokens.IsTruthy(JsonTokens.TakeValue(ref reader, _json));
        }
        else
        {
            JsonTokens.TakeValue(ref reader, _json);
        }
    }

    private void ReadFeedback(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (JsonTokens.NextMember(ref reader))
        {
            if (reader.ValueSpan.SequenceEqual("blockReason"u8))
            {
                BlockReason = JsonTokens.TakeText(ref reader);
            }
            else
            {
                JsonTokens.TakeValue(ref reader, _json);
            }
        }
    }

    private void ReadCandidates(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        for (var position = 0; JsonTokens.NextElement(ref reader); position++)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                _candidates++;
                ReadCandidate(ref reader, position);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadCandidate(scoped ref Utf8JsonReader reader, long index)
    {
        ReadOnlySpan<byte> parts = default;
        ReadOnlySpan<byte> finish = default;
        ReadOnlySpan<byte> message = default;
        while (JsonTokens.NextMember(ref reader))
        {
            if (reader.ValueSpan.SequenceEqual("content"u8))
            {
                parts = TakeParts(ref reader);
            }
            else if (reader.ValueSpan.SequenceEqual("finishReason"u8))
            {
                finish = JsonTokens.TakeText(ref reader);
            }
            else if (reader.ValueSpan.SequenceEqual("finishMessage"u8))
            {
                message = JsonTokens.TakeText(ref reader);
            }
            else if (reader.ValueSpan.SequenceEqual("index"u8))
            {
                index = JsonTokens.TakeInteger(ref reader) ?? index;
            }
            else
            {
                JsonTokens.TakeValue(ref reader, _json);
            }
        }

        _hasMore |= index != 0;
        if (index == 0)
        {
            Parts = parts;
            FinishReason = finish;
            FinishMessage = message;
        }
    }

    private readonly ReadOnlySpan<byte> TakeParts(scoped ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> parts = default;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return parts;
        }

        while (JsonTokens.NextMember(ref reader))
        {
            var isParts = reader.ValueSpan.SequenceEqual("parts"u8);
            var value = JsonTokens.TakeValue(ref reader, _json);
            parts = isParts && value[0] == '[' ? value : parts;
        }

        return parts;
    }
}
