using System.Buffers;
using System.Text.Json;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Dialects.Gemini;

/// <summary>Running totals of one stream. Each report overwrites what it names; a chunk without a count does not undo an earlier one.</summary>
internal sealed class GeminiUsage
{
    private readonly ArrayBufferWriter<byte> _json = new();
    private long _prompt;
    private long _toolUsePrompt;
    private long _candidates;
    private long _thoughts;
    private long _cached;
    private bool _any;

    public Usage? Value => _any ? new Usage(_prompt + _toolUsePrompt, _candidates + _thoughts, _cached, _thoughts) : null;

    /// <summary>Adds a raw <c>usageMetadata</c> object.</summary>
    public void Merge(ReadOnlySpan<byte> usage)
    {
        _any = true;
        var reader = JsonTokens.Open(usage);
        reader.Read();
        while (JsonTokens.NextMember(ref reader))
        {
            ref var count = ref _prompt;
            if (reader.ValueTextEquals("toolUsePromptTokenCount"u8))
            {
                count = ref _toolUsePrompt;
            }
            else if (reader.ValueTextEquals("candidatesTokenCount"u8))
            {
                count = ref _candidates;
            }
            else if (reader.ValueTextEquals("thoughtsTokenCount"u8))
            {
                count = ref _thoughts;
            }
            else if (reader.ValueTextEquals("cachedContentTokenCount"u8))
            {
                count = ref _cached;
            }
            else if (!reader.ValueTextEquals("promptTokenCount"u8))
            {
                JsonTokens.TakeValue(ref reader, usage);
                continue;
            }

            count = JsonTokens.TakeInteger(ref reader) ?? count;
        }
    }

    /// <summary>The totals as OpenAI's usage object; empty where none were reported.</summary>
    public ReadOnlySpan<byte> ToJson()
    {
        if (Value is not { } usage)
        {
            return default;
        }

        _json.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_json))
        {
            writer.WriteStartObject();
            writer.WriteNumber("prompt_tokens"u8, usage.PromptTokens);
            writer.WriteNumber("completion_tokens"u8, usage.CompletionTokens);
            writer.WriteNumber("total_tokens"u8, usage.PromptTokens + usage.CompletionTokens);
            writer.WriteStartObject("prompt_tokens_details"u8);
            writer.WriteNumber("cached_tokens"u8, usage.CachedTokens);
            writer.WriteEndObject();
            writer.WriteStartObject("completion_tokens_details"u8);
            writer.WriteNumber("reasoning_tokens"u8, usage.ReasoningTokens);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return _json.WrittenSpan;
    }
}
