using System.Buffers;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAi;

/// <summary>The last usage object of a stream, kept as sent.</summary>
internal sealed class OpenAiUsage
{
    private readonly ArrayBufferWriter<byte> _json = new();

    public ReadOnlySpan<byte> Json => _json.WrittenSpan;

    public void Keep(ReadOnlySpan<byte> usage)
    {
        _json.ResetWrittenCount();
        _json.Write(usage);
    }

    public Usage? Read()
    {
        if (Json.IsEmpty)
        {
            return null;
        }

        var usage = default(Usage);
        var reader = JsonTokens.Open(Json);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            usage = ReadMember(ref reader, usage);
        }

        return usage;
    }

    private Usage ReadMember(scoped ref Utf8JsonReader reader, Usage usage)
    {
        if (reader.ValueSpan.SequenceEqual("prompt_tokens"u8))
        {
            return usage with { PromptTokens = JsonTokens.TakeInteger(ref reader) ?? 0 };
        }

        if (reader.ValueSpan.SequenceEqual("completion_tokens"u8))
        {
            return usage with { CompletionTokens = JsonTokens.TakeInteger(ref reader) ?? 0 };
        }

        if (reader.ValueSpan.SequenceEqual("prompt_tokens_details"u8))
        {
            return usage with { CachedTokens = ReadDetail(JsonTokens.TakeValue(ref reader, Json), "cached_tokens"u8) };
        }

        if (reader.ValueSpan.SequenceEqual("completion_tokens_details"u8))
        {
            return usage with { ReasoningTokens = ReadDetail(JsonTokens.TakeValue(ref reader, Json), "reasoning_tokens"u8) };
        }

        JsonTokens.TakeValue(ref reader, Json);
        return usage;
    }

    private static long ReadDetail(ReadOnlySpan<byte> details, ReadOnlySpan<byte> name)
    {
        var reader = JsonTokens.Open(details);
        reader.Read();
        while (reader.TokenType != JsonTokenType.Null && JsonTokens.NextMember(ref reader))
        {
            if (reader.ValueSpan.SequenceEqual(name))
            {
                return JsonTokens.TakeInteger(ref reader) ?? 0;
            }

            JsonTokens.TakeValue(ref reader, details);
        }

        return 0;
    }
}
