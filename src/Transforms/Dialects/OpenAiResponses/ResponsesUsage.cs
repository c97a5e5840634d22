using System.Buffers;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.OpenAiResponses;

/// <summary>The token counts that the last event of a stream reports.</summary>
internal sealed class ResponsesUsage
{
    private readonly ArrayBufferWriter<byte> _json = new();

    public Usage? Value { get; private set; }

    /// <summary>The counts in the shape of a chat completion; empty where none were reported.</summary>
    public ReadOnlySpan<byte> Json => _json.WrittenSpan;

    /// <summary>Takes a raw <c>usage</c> object.</summary>
    public void Keep(ReadOnlySpan<byte> json)
    {
        var usage = default(Usage);
        var reader = JsonTokens.Open(json);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            usage = ReadMember(ref reader, json, usage);
        }

        Value = usage;
        _json.ResetWrittenCount();
        UsageJson.Write(_json, usage);
    }

    private static Usage ReadMember(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Usage usage)
    {
        if (reader.ValueSpan.SequenceEqual("input_tokens"u8))
        {
            return usage with { PromptTokens = JsonTokens.TakeInteger(ref reader) ?? 0 };
        }

        if (reader.ValueSpan.SequenceEqual("output_tokens"u8))
        {
            return usage with { CompletionTokens = JsonTokens.TakeInteger(ref reader) ?? 0 };
        }

        var isInput = reader.ValueSpan.SequenceEqual("input_tokens_details"u8);
        var isOutput = reader.ValueSpan.SequenceEqual("output_tokens_details"u8);
        var value = JsonTokens.TakeValue(ref reader, json);
        if (value[0] != '{' || !(isInput || isOutput))
        {
            return usage;
        }

        return isInput ? usage with { CachedTokens = ReadDetail(value, "cached_tokens"u8) } : usage with { ReasoningTokens = ReadDetail(value, "reasoning_tokens"u8) };
    }

    private static long ReadDetail(ReadOnlySpan<byte> details, ReadOnlySpan<byte> name)
    {
        var reader = JsonTokens.Open(details);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
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
